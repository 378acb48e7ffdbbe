"""What an operator may rely on: the service tells how it does, which model answers, and each answer has an id."""

import os
import shutil
import time
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from src.common.digests import file_digest
from src.prediction.model_file import RELEASED
from src.serving.app import create_app
from src.serving.live.model_source import FileSource
from src.serving.settings import Settings
from tests.prediction.broken_models import BROKEN
from tests.prediction.drawings import drawn, encoded
from tests.serving.conftest import served


def test_a_service_that_runs_is_alive_and_ready(client: httpx.Client) -> None:
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").text == "ready"


def test_a_service_that_stops_is_alive_but_not_ready(client: httpx.Client, app: FastAPI) -> None:
    app.state.pysar.stopping = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_why_a_model_does_not_take_over_is_told_and_the_one_before_it_answers(
    settings: Settings, tmp_path: Path
) -> None:
    path = Path(shutil.copy(RELEASED, tmp_path / "champion.onnx"))
    with served(create_app(settings, FileSource(path, seconds=0.02))) as client:
        path.write_bytes(BROKEN["NaN"][0])
        end = time.monotonic() + 30
        while client.get("/readyz").text == "ready" and time.monotonic() < end:
            time.sleep(0.02)
        ready = client.get("/readyz")
        assert client.post("/predict", content=encoded(drawn("ж"))).json()["label"] == "ж"
    assert ready.status_code == 200
    assert ready.text.startswith("ready\nukrainian: champion.onnx: its output 'label' is not a number")
    assert ready.text.endswith("; the model before it goes on")
    assert str(tmp_path) not in ready.text


def test_a_model_whose_file_s_name_is_no_text_is_told_of(settings: Settings, tmp_path: Path) -> None:
    path = Path(shutil.copy(RELEASED, tmp_path / os.fsdecode(b"mod\xe8l\n.onnx")))
    with served(create_app(settings, FileSource(path, seconds=0.02))) as client:
        assert client.get("/model").json()["file"] == "mod\\udce8l\\n.onnx"
        path.write_bytes(b"broken")
        end = time.monotonic() + 30
        while client.get("/readyz").text == "ready" and time.monotonic() < end:
            time.sleep(0.02)
        assert client.get("/readyz").text.startswith("ready\nukrainian: mod\\udce8l .onnx: no ONNX model")


def test_the_model_is_named_by_its_bytes_and_the_released_one_has_its_card(client: httpx.Client) -> None:
    card = client.get("/model").json()
    assert card["sha256"] == file_digest(RELEASED)
    assert card["figures"]["unseen_kind_known"]["n"] > 10_000
    assert "licence" in card


def test_requests_are_counted_by_route_and_status_and_strange_paths_together(client: httpx.Client) -> None:
    client.post("/predict", content=encoded(drawn()))
    client.get("/a/b")
    client.get("/c")
    figures = client.get("/metrics").text
    assert 'pysar_requests_total{route="/predict",status="200"}' in figures
    assert 'route="other",status="404"' in figures
    assert "/a/b" not in figures


def test_an_id_that_a_caller_gives_comes_back_and_a_strange_one_is_replaced(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"x-request-id": "abc-1"}).headers["x-request-id"] == "abc-1"
    replaced = client.get("/healthz", headers={"x-request-id": "a\tb"}).headers["x-request-id"]
    assert len(replaced) == 32


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_a_page_may_load_nothing_from_anywhere_else(client: httpx.Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
