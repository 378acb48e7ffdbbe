"""What an operator may rely on from deploy/: its programs work together, and nginx lets in what it should.

No container runs: nginx, PostgreSQL, MLflow's server and the service are started here as compose.yaml says.
"""

import re
import socket
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection

import httpx
import pytest

from deploy.accounts import BUCKETS
from src.serving.settings import Settings
from tests.given_drawings import sample
from tests.prediction.drawings import drawn, encoded
from tests.services.deployment import WAIT_SECONDS, Deployment
from tests.services.s3 import Endpoint

pytestmark = pytest.mark.filterwarnings("default")  # of MLflow and boto3, at each other
SAMPLE_BUCKET = BUCKETS["service"]
HOST = "letters.example.org"
LIMIT = Settings().max_body_bytes


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


def _raw(address: str, path: str) -> int:
    """Ask for a path as it stands: httpx would tidy it up."""
    connection = HTTPConnection(address, timeout=WAIT_SECONDS)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "//metrics", "/%6Detrics", "/page/../metrics", "/metrics?a"])
def test_figures_are_not_for_the_outside(running: Deployment, path: str) -> None:
    assert _raw(running.http, path) == 403
    assert _raw(running.service, "/metrics") == 200


def test_a_sample_that_is_given_away_arrives_in_s3(client: httpx.Client, store_owner: Endpoint) -> None:
    answer = client.post("/samples", json=sample())
    assert answer.status_code == 201
    key, deadline = f"new/{answer.json()['id']}.json", time.monotonic() + WAIT_SECONDS
    while key not in store_owner.objects(SAMPLE_BUCKET) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert key in store_owner.objects(SAMPLE_BUCKET)


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


def test_a_client_that_never_finishes_its_header_is_dropped(running: Deployment) -> None:
    host, port = running.http.split(":")
    with closing(socket.create_connection((host, int(port)), timeout=WAIT_SECONDS)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        with suppress(ConnectionResetError):
            assert connection.recv(1) == b""


def test_without_tls_nobody_is_told_to_use_it(client: httpx.Client) -> None:
    assert "strict-transport-security" not in client.get("/healthz").headers
