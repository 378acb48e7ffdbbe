"""What an operator may rely on from the accounts: each may do what its owner needs, and no more.

No container runs: SeaweedFS and PostgreSQL are started here as compose.yaml says.
"""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from botocore.exceptions import ClientError

from deploy.accounts import BUCKETS
from tests.deploy.composition import command_of
from tests.free_port import free_port
from tests.services.deployment import Deployment
from tests.services.postgresql import Cluster
from tests.services.s3 import Endpoint

pytestmark = pytest.mark.filterwarnings("default")  # of boto3
SAMPLE_SCHEMA, MODELS = BUCKETS["service"], BUCKETS["mlflow"]


def test_a_database_that_takes_no_password_of_ours_is_not_healthy(
    deployment: Deployment, database: str, cluster: Cluster, tmp_path: Path
) -> None:
    port = str(cluster.port)
    (tmp_path / "wrong").write_text("wrong")
    assert deployment.check("postgresql", PGPORT=port).returncode == 0
    wrong = deployment.check("postgresql", PGPORT=port, MLFLOW_PASSWORD_FILE=str(tmp_path / "wrong"))
    assert wrong.returncode != 0
    assert deployment.check("postgresql", live=True, PGPORT=port).returncode == 0
    assert deployment.check("postgresql", live=True, PGPORT=str(free_port())).returncode != 0


@pytest.mark.usefixtures("store")
def test_the_buckets_may_be_there_already_and_a_store_that_refuses_is_told_in_a_line(
    deployment: Deployment, tmp_path: Path
) -> None:
    command = command_of(deployment.services["buckets"])
    assert deployment.run("buckets", command).returncode == 0
    (tmp_path / "wrong").write_text("[default]\naws_access_key_id=wrong\naws_secret_access_key=wrong\n")
    refused = deployment.run("buckets", command, AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "wrong"))
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert SAMPLE_SCHEMA in refused.stderr
    for words in ([], ["pysar-samples"], ["service="]):
        assert deployment.run("buckets", [*command[:2], *words]).returncode == 2


@pytest.mark.usefixtures("store")
def test_an_account_that_may_do_more_than_it_should_is_told_in_a_line(deployment: Deployment, tmp_path: Path) -> None:
    setup = (deployment.secrets / "s3_setup").read_text()
    key = setup.partition("[default]")[2].partition("[")[0]
    (tmp_path / "broad").write_text(f"[default]{key}[service]{key}[mlflow]{key}")
    command = command_of(deployment.services["buckets"])
    broad = deployment.run("buckets", command, AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "broad"))
    assert (broad.returncode, broad.stderr.count("\n")) == (1, 1)
    assert f"service may write to s3://{MODELS}, which is not its own" in broad.stderr


def _attempts(client: Any) -> dict[str, Callable[[], object]]:  # noqa: ANN401 - boto3 makes its clients at run time
    policy = '{"Version": "2012-10-17", "Statement": []}'
    model = {"Bucket": MODELS, "Key": "models/1"}
    return {
        "write": lambda: client.put_object(**model, Body=b"a"),
        "read": lambda: client.get_object(**model),
        "list": lambda: client.list_objects_v2(Bucket=MODELS),
        "delete": lambda: client.delete_object(**model),
        "copy from": lambda: client.copy_object(Bucket=SAMPLE_SCHEMA, Key="a", CopySource=model),
        "upload in parts": lambda: client.create_multipart_upload(**model),
        "set a policy": lambda: client.put_bucket_policy(Bucket=MODELS, Policy=policy),
        "set rights": lambda: client.put_bucket_acl(Bucket=MODELS, ACL="public-read-write"),
        "delete the bucket": lambda: client.delete_bucket(Bucket=MODELS),
        "make a bucket": lambda: client.create_bucket(Bucket="another"),
        "set a policy of its own bucket": lambda: client.put_bucket_policy(Bucket=SAMPLE_SCHEMA, Policy=policy),
        "delete its own bucket": lambda: client.delete_bucket(Bucket=SAMPLE_SCHEMA),
    }


def test_the_service_s_account_gets_at_no_model(deployment: Deployment, store_owner: Endpoint) -> None:
    store_owner.client().put_object(Bucket=MODELS, Key="models/1", Body=b"a model")
    service = deployment.account("s3_service").client()
    for what, attempt in _attempts(service).items():
        with pytest.raises(ClientError) as refused:
            attempt()
        assert refused.value.response["Error"]["Code"] == "AccessDenied", what
    for key in ("../pysar-mlflow/models/1", "new/../../pysar-mlflow/models/1"):
        with pytest.raises(ClientError):
            service.get_object(Bucket=SAMPLE_SCHEMA, Key=key)
    assert store_owner.objects(MODELS)["models/1"] == b"a model"


def test_the_store_has_no_door_but_s3_s(deployment: Deployment, store: int) -> None:
    """SeaweedFS's other servers trust whoever reaches them: they are not reached from another container."""
    listening = [one for one in psutil.Process(store).net_connections("inet") if one.status == psutil.CONN_LISTEN]
    assert len(listening) >= 8
    open_to_all = {one.laddr.port for one in listening if one.laddr.ip not in {"127.0.0.1", "::1"}}
    (commands,) = open_to_all - {int(deployment.s3.rpartition(":")[2])}
    # By that one anybody could make an account, were there no certificate to show.
    key = _field(1, b"evil") + _field(2, b"secret")
    account = _field(1, _field(1, b"evil") + _field(2, key) + _field(3, b"Admin"))
    message = b"\0" + len(account).to_bytes(4, "big") + account
    headers = ["--header", "content-type: application/grpc", "--header", "te: trailers"]
    ask = ["curl", "--silent", "--insecure", "--max-time", "10", "--data-binary", "@-", *headers]
    place = f"127.0.0.1:{commands}/messaging_pb.SeaweedS3IamCache/PutIdentity"
    for words in (["--http2-prior-knowledge", f"http://{place}"], ["--http2", f"https://{place}"]):
        done = subprocess.run([*ask, *words], input=message, capture_output=True, check=False)
        assert done.returncode != 0, done.stdout
    with pytest.raises(ClientError, match="InvalidAccessKeyId"):
        Endpoint(f"http://{deployment.s3}", "evil", "secret").client().list_buckets()


def _field(number: int, value: bytes) -> bytes:
    """A field of a message of gRPC."""
    return bytes([number << 3 | 2, len(value)]) + value


def test_mlflow_s_role_may_use_its_own_database_and_do_no_more(database: str) -> None:
    with psycopg.connect(f"{database}/mlflow", autocommit=True) as connection:
        connection.execute("CREATE TABLE own (id int)")
        connection.execute("DROP TABLE own")
        for command in (
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "SELECT pg_read_file('/etc/passwd')",
            "CREATE ROLE another",
            "CREATE DATABASE another",
            "ALTER ROLE mlflow SUPERUSER",
            "ALTER SYSTEM SET log_statement = 'all'",
            "SELECT * FROM pg_authid",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(command)
    for other in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(f"{database}/{other}")
