from collections.abc import Iterator

import pytest

from tests.data.raw_server import RawServer, raw_server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[RawServer]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv("RAW_MIRROR", raising=False)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    with raw_server() as running:
        yield running
