"""What an operator may rely on: a new champion answers without a restart and without a failed request."""

import asyncio
import logging
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from benchmarks.service import running_service
from src.common.digests import file_digest
from src.common.errors import InputError
from src.prediction.model_file import RELEASED
from src.prediction.registered import KEPT, fetch_registered
from src.registry.registry import Registry
from src.serving.live.live_model import LiveModel
from src.serving.live.model_source import Found, RegistrySource, find_source
from src.tracking.mlflow_store import open_store
from tests.free_port import free_port
from tests.prediction.drawings import drawn, encoded
from tests.prediction.registered_store import make_repository, register
from tests.serving.live.test_live_model import another, follow

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other

CHAMPION = "models:/pysar@champion"
CLIENTS = 4


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the released model as champion, another version of it, and one that is no model."""
    root = tmp_path_factory.mktemp("мій проєкт")
    registry = make_repository(root)
    for content in (RELEASED.read_bytes(), another(), b"no model"):
        register(registry, root, content)
    registry.crown("1")
    return root


@pytest.fixture
def registry(store: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Its registry, with version 1 as champion and nothing fetched."""
    for name in [name for name in os.environ if name.startswith(("DVC_", "MLFLOW_", "PYSAR_"))]:
        monkeypatch.delenv(name)
    shutil.rmtree(store / KEPT, ignore_errors=True)
    registry = Registry(open_store(f"sqlite:///{store}/mlflow.db", store)[0])
    registry.crown("1")
    return registry


@pytest.fixture
def live(store: Path, registry: Registry) -> LiveModel:
    return LiveModel(RegistrySource(CHAMPION, store, seconds=0.02))


class CountingSource(RegistrySource):
    """Counts how often the registry is asked."""

    asked = 0

    def look(self) -> Found | None:
        self.asked += 1
        return super().look()


class Load:
    """Requests that clients send one after the other until they are told to end."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.end = Event()

    def send(self) -> Counter[int]:
        """Return how many requests of this thread were answered, by status; an answer that does not come raises."""
        picture, statuses = encoded(drawn("ж")), Counter[int]()
        with httpx.Client(base_url=self.address, timeout=30) as client:
            while not self.end.is_set():
                statuses[client.post("/predict", content=picture).status_code] += 1
        return statuses


@pytest.fixture
def address(store: Path, registry: Registry) -> Iterator[str]:
    """The service itself, told to read with the champion and to ask for another five times a second."""
    with running_service(store, ["--model", CHAMPION], {"PYSAR_SERVE_REGISTRY_SECONDS": "0.2"}) as service:
        yield service.address


def test_a_new_champion_takes_over_under_load_and_no_request_fails(address: str, registry: Registry) -> None:
    load = Load(address)
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(load.send) for _ in range(CLIENTS)]
        try:
            _wait_for_version(address, "1")
            registry.crown("2")
            card = _wait_for_version(address, "2")
            registry.crown("1")
            before = _wait_for_version(address, "1")
        finally:
            load.end.set()
        statuses = [client.result() for client in clients]
    assert all(set(answered) == {200} for answered in statuses), statuses
    assert before["sha256"] == file_digest(RELEASED) != card["sha256"]


def _wait_for_version(address: str, version: str) -> dict[str, object]:
    for _ in range(600):
        card: dict[str, object] = httpx.get(f"{address}/model").raise_for_status().json()
        if card["version"] == version:
            return card
        Event().wait(0.05)
    raise AssertionError(f"{card}: version {version} did not take over within 30 s")


def test_a_champion_that_is_no_model_is_told_of_once_and_the_next_one_is_taken(
    live: LiveModel, registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    before = live.now
    registry.crown("3")
    with caplog.at_level(logging.WARNING):
        asyncio.run(follow(live, lambda: False, 1))
    assert live.now is before
    assert [record.name for record in caplog.records] == ["src.serving.live.live_model"]
    assert "no ONNX model" in (live.trouble or "")
    assert str(live.source.folder) not in (live.trouble or "")
    registry.crown("2")
    asyncio.run(follow(live, lambda: live.now is not before))
    assert live.now.version == "2"
    assert live.trouble is None


def test_a_champion_that_was_damaged_on_its_way_is_fetched_again(
    live: LiveModel, store: Path, registry: Registry
) -> None:
    before = live.now
    fetch_registered("models:/pysar/2", store).path.write_bytes(another()[:10_000])
    registry.crown("2")
    asyncio.run(follow(live, lambda: live.now is not before))
    assert live.now.version == "2"


def test_a_registry_that_is_away_is_told_of_once_and_asked_again(
    store: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    source = CountingSource(CHAMPION, store, seconds=0.02)
    live = LiveModel(source)
    before = live.now
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://writer:secret@127.0.0.1:{free_port()}")
    with caplog.at_level(logging.WARNING):
        asyncio.run(follow(live, lambda: source.asked > 3, 120))
    assert source.asked > 3
    assert live.now is before
    assert len(caplog.records) == 1
    assert "is away or refuses" in caplog.text
    assert "secret" not in caplog.text
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    registry.crown("2")
    asyncio.run(follow(live, lambda: live.now is not before))
    assert live.now.version == "2"


def test_a_service_does_not_start_with_a_champion_that_is_no_model(store: Path, registry: Registry) -> None:
    registry.crown("3")
    with pytest.raises(InputError, match="no ONNX model"):
        LiveModel(find_source(CHAMPION, store, 30))


def test_outside_a_repository_the_registry_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"dvc\.yaml"):
        find_source(CHAMPION, tmp_path, 30)
