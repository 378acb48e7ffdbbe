"""What an operator may rely on from deploy/: its programs work together, and nginx lets in what it should.

No container runs: nginx, PostgreSQL, MLflow's server and the service are started here as compose.yaml says.
"""

import os
import re
import socket
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import httpx
import psycopg
import pytest

from deploy.accounts import BUCKETS, USER
from src.serving.settings import Settings
from src.tracking.tracking import track
from tests.deploy.composition import COMPOSE, TLS, read_compose
from tests.free_port import free_port
from tests.given_drawings import sample
from tests.prediction.drawings import drawn, encoded
from tests.services.deployment import Deployment
from tests.services.s3 import Endpoint

pytestmark = pytest.mark.filterwarnings("default")  # of MLflow and boto3, at each other
SAMPLE_SCHEMA, MODELS = BUCKETS["service"], BUCKETS["mlflow"]
HOST = "letters.example.org"
LIMIT = Settings().max_body_bytes
WAIT_SECONDS = 60.0


@pytest.fixture(scope="module")
def nginx_folder(
    deployment: Deployment, nginx: str, store: int, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """All of it, started in the order of compose.yaml, each once the health check of the one before is content."""
    with ExitStack() as running:
        for name in ("service", "mlflow"):
            running.enter_context(deployment.python(name, tmp_path_factory.mktemp(name)))
        yield running.enter_context(deployment.nginx(nginx))


@pytest.fixture
def running(deployment: Deployment, nginx_folder: Path) -> Deployment:
    return deployment


@pytest.fixture
def client(running: Deployment) -> Iterator[httpx.Client]:
    """Someone before nginx, who sees the service."""
    with httpx.Client(base_url=f"http://{running.http}", timeout=WAIT_SECONDS) as client:
        yield client


@pytest.fixture
def mlflow(running: Deployment) -> Iterator[httpx.Client]:
    """Someone before nginx, who sees MLflow and knows its password."""
    account = (USER, (running.secrets / "mlflow_password").read_text().strip())
    with httpx.Client(base_url=f"http://{running.mlflow}", auth=account, timeout=WAIT_SECONDS) as client:
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
def test_figures_are_not_for_the_outside(running: Deployment, path: str) -> None:
    assert _raw(running.http, path) == 403
    assert _raw(running.service, "/metrics") == 200


def test_a_sample_that_is_given_away_arrives_in_s3(client: httpx.Client, store_owner: Endpoint) -> None:
    answer = client.post("/samples", json=sample())
    assert answer.status_code == 201
    key, deadline = f"new/{answer.json()['id']}.json", time.monotonic() + WAIT_SECONDS
    while key not in store_owner.objects(SAMPLE_SCHEMA) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert key in store_owner.objects(SAMPLE_SCHEMA)


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        (HOST, f"http://{HOST}", 201),
        (f"{HOST}:8080", f"https://{HOST}:8080", 201),
        (HOST, "http://foreign.example", 403),
        ("foreign.example", "http://foreign.example", 403),
    ],
)
def test_drawings_are_taken_from_the_page_under_the_name_that_was_given(
    client: httpx.Client, host: str, origin: str, status: int
) -> None:
    answer = client.post("/samples", json=sample(), headers={"Host": host, "Origin": origin})
    assert answer.status_code == status, answer.text


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
    mlflow: httpx.Client,
    running: Deployment,
    database: str,
    store_owner: Endpoint,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", str(mlflow.base_url))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", f"{WAIT_SECONDS:.0f}")  # training's own patience is short
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", USER)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", (running.secrets / "mlflow_password").read_text().strip())
    with track("evaluate") as run:
        run.log_metrics({"loss": 0.5}, 0)
        run.log_artifact(Path(__file__), "sources")
    stored = mlflow.get("/api/2.0/mlflow/runs/get", params={"run_id": run.run_id or ""}).json()["run"]
    assert stored["info"]["status"] == "FINISHED"
    assert [metric["value"] for metric in stored["data"]["metrics"]] == [0.5]
    kept = {key: value for key, value in store_owner.objects(MODELS).items() if run.run_id and run.run_id in key}
    assert list(kept.values()) == [Path(__file__).read_bytes()]
    assert all(key.startswith("artifacts/") for key in kept)
    with psycopg.connect(f"{database}/mlflow") as rows:
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


def test_health_checks_fail_where_nothing_works(
    running: Deployment, settings: dict[str, str], accounts: dict[str, str], tmp_path: Path
) -> None:
    closed = f"127.0.0.1:{free_port()}"
    away = Deployment(read_compose(settings), accounts, tmp_path, {})
    for name in ("service", "mlflow", "nginx", "s3"):
        assert running.check(name).returncode == 0
        assert away.check(name).returncode != 0
    assert away.check("postgresql", PGPORT=closed.rpartition(":")[2]).returncode != 0


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


def test_a_client_that_never_finishes_its_header_is_dropped(running: Deployment) -> None:
    host, port = running.http.split(":")
    with closing(socket.create_connection((host, int(port)), timeout=WAIT_SECONDS)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""


def test_nginx_alone_is_live_and_not_ready(
    nginx: str, settings: dict[str, str], accounts: dict[str, str], tmp_path: Path
) -> None:
    alone = Deployment(read_compose(settings), accounts, tmp_path, {})
    with alone.nginx(nginx, ready=False):
        while alone.check("nginx", live=True).returncode:
            time.sleep(0.1)
        assert alone.check("nginx").returncode != 0


@pytest.mark.parametrize("name", ["nginx", "service", "mlflow", "s3"])
def test_what_runs_is_live(running: Deployment, name: str) -> None:
    assert running.check(name, live=True).returncode == 0


def test_with_tls_a_plain_request_is_sent_on_to_the_same_port(
    nginx: str, running: Deployment, settings: dict[str, str], accounts: dict[str, str], tmp_path: Path
) -> None:
    certificate = _certify(tmp_path)
    own = {"127.0.0.1:8081": f"127.0.0.1:{free_port()}"}
    secure = Deployment(read_compose(settings, COMPOSE, TLS), accounts, tmp_path, running.addresses | own)
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
