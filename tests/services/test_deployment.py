"""What an operator may rely on from deploy/: its programs work together, and nginx lets in what it should.

No container runs: nginx, PostgreSQL, MLflow's server and the service are started here as compose.yaml says.
"""

import re
import shutil
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import httpx
import psycopg
import pytest

from deploy.make_env import make_settings
from src.models.tracking import track
from src.serving.settings import Settings
from tests.deploy.composition import COMPOSE, TLS, read_compose
from tests.free_port import free_port
from tests.given_samples import sample
from tests.prediction.drawings import drawn, encoded
from tests.services.deployment import Deployment, find_nginx
from tests.services.postgresql import Cluster
from tests.services.s3 import Endpoint

pytestmark = pytest.mark.filterwarnings("default")  # of MLflow and boto3, at each other
BUCKET = "deployment"
LIMIT = Settings().max_body_bytes
WAIT_SECONDS = 60.0


@pytest.fixture(scope="module")
def nginx() -> str:
    program = find_nginx()
    if program is None or not all(map(shutil.which, ("curl", "openssl"))):
        pytest.skip("nginx, curl or openssl is not installed: apt-get install nginx-light curl openssl")
    return program


@pytest.fixture(scope="module")
def settings(s3: Endpoint) -> dict[str, str]:
    """What deploy/.env would hold, but for the account, which moto chooses."""
    account = {"S3_ACCESS_KEY_ID": s3.access_key_id, "S3_SECRET_ACCESS_KEY": s3.secret_access_key}
    return {**make_settings(None), **account, "S3_BUCKET": BUCKET, "MLFLOW_WORKERS": "1", "TLS_FOLDER": "/etc/letters"}


@pytest.fixture(scope="module")
def deployment(
    nginx: str, settings: dict[str, str], s3: Endpoint, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """All of it, started in the order of compose.yaml, each once the health check of the one before is content."""
    elsewhere = {"http://s3:9000": s3.url, "postgresql:5432": f"127.0.0.1:{cluster.port}"}
    deployment = Deployment(read_compose(settings), elsewhere)
    _set_up_database(deployment, cluster)
    assert deployment.check("postgresql", PGPORT=str(cluster.port)).returncode == 0
    made = deployment.run("bucket", deployment.services["bucket"]["command"])
    assert made.returncode == 0, made.stderr
    with ExitStack() as running:
        for name in ("service", "mlflow"):
            running.enter_context(deployment.python(name, tmp_path_factory.mktemp(name)))
        running.enter_context(deployment.nginx(nginx))
        yield deployment


def _set_up_database(deployment: Deployment, cluster: Cluster) -> None:
    """Do what the image's entrypoint does."""
    given = deployment.environment("postgresql")
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        password = psycopg.sql.Literal(given["POSTGRES_PASSWORD"])
        user, database = (psycopg.sql.Identifier(given[name]) for name in ("POSTGRES_USER", "POSTGRES_DB"))
        connection.execute(psycopg.sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(user, password))
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {} OWNER {}").format(database, user))


@pytest.fixture
def client(deployment: Deployment) -> Iterator[httpx.Client]:
    """Someone before nginx, who sees the service."""
    with httpx.Client(base_url=f"http://{deployment.http}", timeout=WAIT_SECONDS) as client:
        yield client


@pytest.fixture
def mlflow(deployment: Deployment) -> Iterator[httpx.Client]:
    """Someone before nginx, who sees MLflow and knows its password."""
    given = deployment.environment("nginx")
    account = (given["MLFLOW_USER"], given["MLFLOW_PASSWORD"])
    with httpx.Client(base_url=f"http://{deployment.mlflow}", auth=account, timeout=WAIT_SECONDS) as client:
        yield client


def _raw(address: str, path: str) -> int:
    """Ask for a path as it stands: httpx would tidy it up."""
    connection = HTTPConnection(address, timeout=WAIT_SECONDS)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_picture_is_read_and_the_page_is_shown(client: httpx.Client) -> None:
    answer = client.post("/predict", params={"kind": "letter"}, content=encoded(drawn("ж")))
    assert (answer.status_code, answer.json()["label"]) == (200, "ж")
    assert "<canvas" in client.get("/").text


def test_a_body_that_is_too_long_is_refused_by_nginx_and_one_that_is_not_goes_on(client: httpx.Client) -> None:
    refused = client.post("/predict", content=b"\0" * (LIMIT + 1))
    assert refused.status_code == 413
    assert refused.json() == {"detail": f"the body is longer than {LIMIT} bytes; send less"}
    assert client.post("/predict", content=b"\0" * LIMIT).status_code == 415  # the service's: it is no picture


def test_a_request_keeps_its_id_or_gets_one(client: httpx.Client) -> None:
    kept = client.get("/healthz", headers={"X-Request-ID": "letter.1"})
    assert kept.headers.get_list("x-request-id") == ["letter.1"]
    refused = client.post("/predict", content=b"\0" * (LIMIT + 1), headers={"X-Request-ID": "letter.2"})
    assert refused.headers.get_list("x-request-id") == ["letter.2"]
    (made,) = client.get("/healthz", headers={"X-Request-ID": "no id!"}).headers.get_list("x-request-id")
    assert re.fullmatch("[0-9a-f]{32}", made)


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "//metrics", "/%6Detrics", "/page/../metrics", "/metrics?a"])
def test_figures_are_not_for_the_outside(deployment: Deployment, path: str) -> None:
    assert _raw(deployment.http, path) == 403
    assert _raw(deployment.service, "/metrics") == 200


def test_a_sample_that_is_given_away_arrives_in_s3(client: httpx.Client, s3: Endpoint) -> None:
    answer = client.post("/samples", json=sample())
    assert answer.status_code == 201
    key, deadline = f"samples/new/{answer.json()['id']}.json", time.monotonic() + WAIT_SECONDS
    while key not in s3.objects(BUCKET) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert key in s3.objects(BUCKET)


def test_a_burst_is_limited_and_who_waits_gets_in_again(client: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.get("/healthz"), range(400)))
    counts = Counter(answer.status_code for answer in answers)
    assert set(counts) == {200, 429}
    limited = next(answer for answer in answers if answer.status_code == 429)
    assert limited.headers["retry-after"] == "1"
    assert limited.json() == {"detail": "too many requests; try again in a second"}
    deadline = time.monotonic() + WAIT_SECONDS
    while (last := client.get("/healthz").status_code) != 200 and time.monotonic() < deadline:
        time.sleep(1)
    assert last == 200


def test_a_run_s_figures_and_artifacts_go_through_nginx_to_postgresql_and_s3(
    mlflow: httpx.Client, deployment: Deployment, s3: Endpoint, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = deployment.environment("nginx")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", str(mlflow.base_url))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", f"{WAIT_SECONDS:.0f}")  # training's own patience is short
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", given["MLFLOW_USER"])
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", given["MLFLOW_PASSWORD"])
    with track("evaluate") as run:
        run.log_metrics({"loss": 0.5}, 0)
        run.log_artifact(Path(__file__), "sources")
    stored = mlflow.get("/api/2.0/mlflow/runs/get", params={"run_id": run.run_id or ""}).json()["run"]
    assert stored["info"]["status"] == "FINISHED"
    assert [metric["value"] for metric in stored["data"]["metrics"]] == [0.5]
    kept = {key: value for key, value in s3.objects(BUCKET).items() if run.run_id and run.run_id in key}
    assert list(kept.values()) == [Path(__file__).read_bytes()]
    assert all(key.startswith("mlflow/") for key in kept)
    with psycopg.connect(deployment.environment("mlflow")["MLFLOW_BACKEND_STORE_URI"].replace("+psycopg", "")) as rows:
        assert rows.execute("SELECT status FROM runs WHERE run_uuid = %s", [run.run_id]).fetchall() == [("FINISHED",)]


def test_mlflow_answers_to_its_own_hosts_only(mlflow: httpx.Client) -> None:
    path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
    foreign = mlflow.get(path, headers={"Host": "rebound.example"})
    assert (foreign.status_code, foreign.text[:19]) == (403, "Invalid Host header")
    assert mlflow.get(path).status_code == 200
    assert mlflow.get(path, headers={"Host": "localhost:5000"}).status_code == 200


def test_mlflow_wants_the_password(mlflow: httpx.Client) -> None:
    assert mlflow.get("/", auth=("pysar", "wrong")).status_code == 401
    assert httpx.get(mlflow.base_url).status_code == 401


def test_health_checks_fail_where_nothing_works(deployment: Deployment, settings: dict[str, str]) -> None:
    closed = f"127.0.0.1:{free_port()}"
    away = Deployment(read_compose(settings), {})
    for name in ("service", "mlflow", "nginx"):
        assert deployment.check(name).returncode == 0
        assert away.check(name).returncode != 0
    assert away.check("postgresql", PGPORT=closed.rpartition(":")[2]).returncode != 0


def test_a_database_that_takes_no_password_of_ours_is_not_healthy(deployment: Deployment, cluster: Cluster) -> None:
    port = str(cluster.port)
    assert deployment.check("postgresql", PGPORT=port).returncode == 0
    assert deployment.check("postgresql", PGPORT=port, POSTGRES_PASSWORD="wrong").returncode != 0  # noqa: S106 - is none


def test_the_bucket_may_be_there_already_and_a_store_that_refuses_is_told_in_a_line(deployment: Deployment) -> None:
    command = deployment.services["bucket"]["command"]
    assert deployment.run("bucket", command).returncode == 0
    refused = deployment.run("bucket", command, AWS_SECRET_ACCESS_KEY="wrong")  # noqa: S106 - is none
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert f"s3://{BUCKET}" in refused.stderr
    assert deployment.run("bucket", command[:-1]).returncode == 2


def test_with_tls_a_plain_request_is_sent_on_to_the_same_port(
    nginx: str, deployment: Deployment, settings: dict[str, str], tmp_path: Path
) -> None:
    certificate = _certify(tmp_path)
    own = {"127.0.0.1:8081": f"127.0.0.1:{free_port()}"}
    secure = Deployment(read_compose(settings, COMPOSE, TLS), deployment.addresses | own)
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    with secure.nginx(nginx, certificate), httpx.Client(verify=trusted, timeout=WAIT_SECONDS) as client:
        answer = client.get(f"https://{secure.http}/healthz")
        assert (answer.text, answer.headers["strict-transport-security"]) == ("ok", "max-age=31536000")
        sent_on = client.get(f"http://{secure.http}/healthz?a=1")
        assert (sent_on.status_code, sent_on.headers["location"]) == (308, f"https://{secure.http}/healthz?a=1")
        assert client.get(f"https://{secure.mlflow}/").status_code == 401


def _certify(folder: Path) -> tuple[Path, Path]:
    """Return a certificate of 127.0.0.1 and its key."""
    paths = folder / "certificate.pem", folder / "key.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    made = ["-newkey", "rsa:2048", "-nodes", "-days", "1", "-out", str(paths[0]), "-keyout", str(paths[1])]
    subprocess.run(["openssl", "req", "-x509", *made, *subject], check=True, capture_output=True)
    return paths


def test_without_tls_nobody_is_told_to_use_it(client: httpx.Client) -> None:
    assert "strict-transport-security" not in client.get("/healthz").headers
