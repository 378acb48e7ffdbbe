"""What who sends a body may rely on: long ones wait for each other, and one who goes away is no error."""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from fastapi import FastAPI

from src.prediction.model_file import RELEASED
from src.serving.app import create_app
from src.serving.http import body
from src.serving.live.model_source import FileSource
from src.serving.settings import Settings
from tests.prediction.drawings import drawn, encoded
from tests.serving.conftest import served

PICTURE = encoded(drawn("ж"))


def _counted(client: httpx.Client, what: str) -> float:
    text = client.get("/metrics").text
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(what))


def _until(condition: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.parametrize("path", ["/predict", "/samples"])
def test_who_goes_away_while_sending_is_no_error_of_the_service(
    client: httpx.Client, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    gone, failed = (f'pysar_requests_total{{route="{path}",status="{status}"}}' for status in (499, 500))
    before = _counted(client, gone), _counted(client, failed)
    head = f"POST {path} HTTP/1.1\r\nHost: {client.base_url.host}\r\nContent-Type: application/json\r\n"
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as connection:
                connection.sendall(head.encode() + b"Content-Length: 1000\r\n\r\n123")
                time.sleep(0.1)
        _until(lambda: _counted(client, gone) - before[0] == 3)
    assert _counted(client, failed) == before[1]
    assert "Traceback" not in caplog.text


def test_a_picture_that_nobody_waits_for_is_not_read_on(client: httpx.Client, app: FastAPI) -> None:
    content = encoded(drawn("ж"), "JPEG", progressive=True)
    bad = content[:-2] + bytes.fromhex("ffda0008010100013f00") * 19_000 + content[-2:]
    head = f"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: {len(bad)}\r\n\r\n".encode()
    with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as connection:
        connection.sendall(head + bad)
        _until(lambda: app.state.pysar.waiting == 1)
    _until(lambda: app.state.pysar.waiting == 0, 2)


def test_a_body_that_says_that_it_is_too_long_is_refused_before_it_comes(client: httpx.Client) -> None:
    with socket.create_connection((client.base_url.host, client.base_url.port or 0), timeout=5) as connection:
        connection.sendall(b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 200001\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_long_body_waits_until_another_has_let_go_of_its_room(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "_ROOM", 1000)  # then it is that of one body of the most bytes
    patient = settings.model_copy(update={"body_seconds": 10.0})
    with (
        served(create_app(patient, FileSource(RELEASED))) as client,
        ThreadPoolExecutor(1) as pool,
        socket.create_connection((client.base_url.host, client.base_url.port or 0)) as other,
    ):
        other.sendall(b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 190000\r\n\r\n" + bytes(150_000))
        time.sleep(0.2)
        assert client.post("/predict", content=PICTURE).json()["label"] == "ж"
        waiting = pool.submit(httpx.post, f"{client.base_url}/predict", content=PICTURE + bytes(150_000))
        time.sleep(0.5)
        assert not waiting.done()
        other.close()
        assert waiting.result(5).json()["label"] == "ж"


def test_a_body_of_many_parts_is_read(client: httpx.Client) -> None:
    def parts() -> Iterator[bytes]:
        for start in range(0, len(PICTURE), 50):
            yield PICTURE[start : start + 50]

    assert client.post("/predict", content=parts()).json()["label"] == "ж"
