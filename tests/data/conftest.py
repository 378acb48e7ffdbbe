from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.raw_server import RawServer, raw_server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RawServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("RAW_MIRROR", raising=False)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    with raw_server() as running:
        yield running


@pytest.fixture
def nested(tmp_path: Path) -> Path:
    """Return an empty folder two levels down, out of which something might lead."""
    folder = tmp_path / "nest" / "target"
    folder.mkdir(parents=True)
    return folder
