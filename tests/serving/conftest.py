import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser

from src.prediction.model_file import RELEASED
from src.serving.app import create_app
from src.serving.live.model_source import FileSource, find_others
from src.serving.server import Server
from src.serving.settings import Settings
from tests.free_port import free_port
from tests.serving.drawing import open_browser


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Small limits, and samples in a folder of the test's own."""
    return Settings(max_body_bytes=200_000, body_seconds=1, max_waiting=4, samples=str(tmp_path / "зразки"))


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """The service with the released model."""
    return create_app(settings, FileSource(RELEASED))


@contextmanager
def served(app: FastAPI) -> Iterator[httpx.Client]:
    """Yield a client of a service, which listens at a free port in another thread."""
    port = free_port()
    server = Server(app, port=port)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        yield client
    server.should_exit = True
    thread.join()


@pytest.fixture
def client(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of the service with the released model alone."""
    with served(app) as client:
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with small models of the Latin family, which nobody may change; the export takes seconds."""
    from tests.serving.latin import make_latin  # noqa: PLC0415  # imports torch, and most tests here need none

    root = tmp_path_factory.mktemp("латиниця")
    make_latin(root)
    return root


@pytest.fixture
def latin(small_models: Path, tmp_path: Path) -> Path:
    """Such a repository of the test's own."""
    return Path(shutil.copytree(small_models, tmp_path / "repository"))


@pytest.fixture
def latin_client(settings: Settings, latin: Path) -> Iterator[httpx.Client]:
    """A client of the service with the released model and, beside it, those of the repository."""
    with served(create_app(settings, FileSource(RELEASED), find_others(latin))) as client:
        yield client
