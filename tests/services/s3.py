"""An S3 endpoint on a free port of 127.0.0.1, moto's server in a process of its own, which checks credentials."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import httpx
import pytest

from tests.free_port import free_port

REGION = "us-east-1"
START_SECONDS = 60.0

_ALL_OF_S3 = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


@dataclass(frozen=True)
class Endpoint:
    """Where the server listens, and the one pair of credentials that it takes."""

    url: str
    access_key_id: str
    secret_access_key: str

    def client(self) -> Any:  # noqa: ANN401  # boto3 makes its clients' classes at run time
        return _client("s3", self.url, self.access_key_id, self.secret_access_key)

    def new_bucket(self) -> str:
        """Make a bucket, and return its name."""
        name = f"bucket-{uuid4().hex}"
        self.client().create_bucket(Bucket=name)
        return name

    def objects(self, bucket: str) -> dict[str, bytes]:
        """Return the bytes of every object in a bucket, by its key."""
        client = self.client()
        keys = [entry["Key"] for entry in client.list_objects_v2(Bucket=bucket).get("Contents", [])]
        return {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}


@contextmanager
def running_endpoint(folder: Path) -> Iterator[Endpoint]:
    """Start a server that keeps its objects in memory and its log in `folder`; end it with the block."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=_environment(), stdout=stream, stderr=stream)
    try:
        _wait(url, process, log)
        yield _with_credentials(url)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _with_credentials(url: str) -> Endpoint:
    """Make a user who may do anything in S3, then have the server ask everybody for a signature."""
    setup = _client("iam", url, "anybody", "anything")
    setup.create_user(UserName="writer")
    setup.put_user_policy(UserName="writer", PolicyName="all", PolicyDocument=json.dumps(_ALL_OF_S3))
    key = setup.create_access_key(UserName="writer")["AccessKey"]
    httpx.post(f"{url}/moto-api/reset-auth", content="0").raise_for_status()
    return Endpoint(url, key["AccessKeyId"], key["SecretAccessKey"])


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/moto-api/", timeout=2)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"moto's server did not start: {log.read_text(errors='replace')}")


def _client(service: str, url: str, access_key_id: str, secret_access_key: str) -> Any:  # noqa: ANN401  # as above
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=access_key_id,
        aws_secret_access_key=secret_access_key,
    )


def _environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "MOTO_", "INITIAL_"))}


def point_at(url: str, s3: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let boto3 ask an address for S3, with the account of an endpoint."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.secret_access_key)
