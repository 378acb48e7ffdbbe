"""What an operator may rely on from deploy/: long bodies and slow readers fill no disk, and shut nobody out."""

import os
import socket
import time
from collections import Counter
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import httpx
import pytest

from src.serving.settings import Settings
from tests.prediction.drawings import drawn, encoded
from tests.services.deployment import WAIT_SECONDS, Deployment

pytestmark = pytest.mark.filterwarnings("default")  # of MLflow and boto3, at each other
LIMIT = Settings().max_body_bytes


def test_two_clients_with_many_long_bodies_neither_fill_the_place_for_them_nor_shut_out_a_third(
    running: Deployment, nginx_folder: Path
) -> None:
    with ExitStack() as opened:
        begun = [
            opened.enter_context(closing(_begin_body(running.http, source, LIMIT)))
            for source in ("127.0.0.2", "127.0.0.3")
            for _ in range(20)
        ]
        deadline = time.monotonic() + WAIT_SECONDS
        while len(_held(nginx_folder / "body")) < 16 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(_held(nginx_folder / "body")) == 16
        counts = Counter(map(_status, begun))
        assert counts == {None: 16, 429: 24}
        transport = httpx.HTTPTransport(local_address="127.0.0.4")
        with httpx.Client(base_url=f"http://{running.http}", transport=transport, timeout=WAIT_SECONDS) as third:
            assert third.post("/predict", content=b"\0" * LIMIT).status_code == 415  # the service's: it is no picture
            assert (
                third.post("/predict", content=iter([b"\0" * LIMIT])).status_code == 415
            )  # of a length unknown before
        with _client_at(running, "127.0.0.2") as second:
            assert second.post("/predict", content=encoded(drawn("ж"))).status_code == 200  # a short one always goes on


def test_who_reads_an_artifact_slowly_fills_no_disk(
    mlflow: httpx.Client, running: Deployment, nginx_folder: Path
) -> None:
    path = "/api/2.0/mlflow-artifacts/artifacts/slow/model"
    content = os.urandom(30_000_000)
    assert mlflow.put(path, content=content).status_code == 200
    with mlflow.stream("GET", path) as answer:
        time.sleep(2)
        waiting = _held(nginx_folder / "proxy")
        assert b"".join(answer.iter_raw()) == content
    assert waiting == []


def _begin_body(address: str, source: str, length: int) -> socket.socket:
    """Send the beginning of a request whose body never comes to its end."""
    host, port = address.split(":")
    connection = socket.create_connection((host, int(port)), timeout=WAIT_SECONDS, source_address=(source, 0))
    head = f"POST /predict HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(head.encode() + b"\0" * 200_000)
    return connection


def _status(connection: socket.socket) -> int | None:
    """Return what was answered by now."""
    connection.settimeout(0.1)
    try:
        return int(connection.recv(12).split()[1])
    except TimeoutError:
        return None


def _held(folder: Path) -> list[int]:
    """Return the sizes of the files that nginx holds open in a folder; it takes their names away at once."""
    sizes = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(link.readlink()).startswith(f"{folder}/"):
                sizes.append(link.stat().st_size)
    return sizes


def _client_at(running: Deployment, source: str) -> httpx.Client:
    transport = httpx.HTTPTransport(local_address=source)
    return httpx.Client(base_url=f"http://{running.http}", transport=transport, timeout=WAIT_SECONDS)
