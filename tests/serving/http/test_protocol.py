"""What an operator without nginx may rely on: who says nothing, or says it endlessly, is dropped."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import httpx
import pytest
from fastapi import FastAPI

from src.serving.http import protocol
from tests.prediction.drawings import drawn, encoded
from tests.serving.conftest import served

PICTURE = encoded(drawn("ж"))
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"


@pytest.fixture
def quick(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A client of a service that is as patient as a test."""
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 20)
    with served(app) as client:
        yield client


def opened(client: httpx.Client) -> socket.socket:
    """Return a connection."""
    return socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=10)


def ends(connection: socket.socket) -> bytes:
    """Return what comes until the service ends the connection."""
    received = b""
    with closing(connection):
        try:
            while part := connection.recv(65_536):
                received += part
        except ConnectionError:
            pass
    return received


@pytest.mark.parametrize("start", [b"", b"GET /", GET, GET + b"\r\n\r\n", b"\r\n", b"POST /predict HTTP/1.1\r\nX: "])
def test_a_head_that_is_never_finished_is_not_waited_for(quick: httpx.Client, start: bytes) -> None:
    connection = opened(quick)
    connection.sendall(start)
    began = time.monotonic()
    ends(connection)
    assert time.monotonic() - began < 5


def test_a_head_that_comes_by_bytes_is_not_waited_for_either(quick: httpx.Client) -> None:
    connection = opened(quick)
    until = time.monotonic() + 10
    with pytest.raises(ConnectionError), closing(connection):
        while time.monotonic() < until:
            connection.sendall(b"a")
            time.sleep(0.05)


def test_what_comes_after_an_answer_is_not_read_for_ever(quick: httpx.Client) -> None:
    connection = opened(quick)
    connection.sendall(b"POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
    until = time.monotonic() + 10
    with pytest.raises(ConnectionError), closing(connection):
        while time.monotonic() < until:
            connection.sendall(b"a")
            time.sleep(0.05)


@pytest.mark.parametrize(
    "start",
    [
        b"GET /healthz HTTP/1.1\r\n" + b"a: b\r\n" * 20_000,
        b"GET /healthz HTTP/1.1\r\na: " + b"b" * 100_000,
        b"GET /" + b"a" * 100_000,
        b"POST /predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + b"a: b\r\n" * 20_000,
        b"POST /predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"a" * 100_000,
    ],
    ids=["headers", "header", "path", "trailers", "extension"],
)
def test_a_head_has_a_longest_length(client: httpx.Client, start: bytes) -> None:
    connection = opened(client)
    with suppress(ConnectionError):
        connection.sendall(start)
    said = ends(connection)
    assert said == b"" or said.startswith(b"HTTP/1.1 431 ")
    assert client.get("/healthz").text == "ok"


@pytest.mark.parametrize(
    "start",
    [
        (GET + b"\r\n") * 5000,
        b"POST /predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 20_000,
    ],
    ids=["requests", "chunks"],
)
def test_what_comes_in_tiny_pieces_is_refused(client: httpx.Client, start: bytes) -> None:
    connection = opened(client)
    with suppress(ConnectionError):
        connection.sendall(start)
    assert ends(connection).count(b"200 OK") < 1000
    assert client.get("/healthz").text == "ok"


def test_of_too_many_connections_those_that_wait_longest_make_room(quick: httpx.Client) -> None:
    waiting = [opened(quick) for _ in range(60)]
    for _ in range(5):
        assert httpx.post(f"{quick.base_url}/predict", content=PICTURE).json()["label"] == "ж"
    for connection in waiting:
        connection.close()


def test_requests_one_after_the_other_on_a_connection_are_answered(client: httpx.Client) -> None:
    connection = opened(client)
    connection.sendall((GET + b"\r\n") * 10 + GET + b"Connection: close\r\n\r\n")
    assert ends(connection).count(b"200 OK") == 11


def test_a_body_in_chunks_of_usual_size_is_read(client: httpx.Client) -> None:
    parts = (PICTURE[start : start + 100] for start in range(0, len(PICTURE), 100))
    assert client.post("/predict", content=parts).json()["label"] == "ж"


@pytest.mark.parametrize("upgrade", ["h2c", "websocket", "TLS/1.0, h2c"])
def test_a_client_that_would_rather_speak_another_protocol_is_answered_in_this_one(
    client: httpx.Client, upgrade: str
) -> None:
    wish = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": upgrade, "HTTP2-Settings": "AAMAAABkAAQAoAAAAAIAAAAA"}
    plain = client.post("/predict", content=PICTURE, headers={"Content-Type": "image/png"})
    assert plain.status_code == 200
    for _ in range(2):
        answer = client.post("/predict", content=PICTURE, headers={"Content-Type": "image/png", **wish})
        assert answer.json()["label"] == plain.json()["label"]
        form = client.post("/predict", files={"file": PICTURE}, headers=wish)
        assert form.json()["label"] == plain.json()["label"]
    assert client.get("/healthz", headers=wish).status_code == 200


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_wish_for_another_protocol_is_passed_over_in_whatever_parts_it_comes(quick: httpx.Client, size: int) -> None:
    wishes = [b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", b"Connection: upgrade, close\r\nUpgrade: h2c\r\n\r\n"]
    content = GET + wishes[0] + GET + wishes[0] + GET + wishes[1]
    connection = opened(quick)
    for start in range(0, len(content), size):
        connection.sendall(content[start : start + size])
    assert ends(connection).count(b"HTTP/1.1 200 OK") == 3


def test_a_proxy_is_not_what_it_is(quick: httpx.Client) -> None:
    connection = opened(quick)
    connection.sendall(b"CONNECT other.example:443 HTTP/1.1\r\nHost: other.example:443\r\n\r\n")
    assert ends(connection).startswith(b"HTTP/1.1 405 ")
