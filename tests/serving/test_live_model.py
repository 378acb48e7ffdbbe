"""What an operator may rely on: another model takes over without a restart, and a broken one does not."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from src.prediction.model_file import RELEASED
from src.serving.live_model import LiveModel
from src.serving.model_source import FileSource


def another(words: str = "another") -> bytes:
    """Return the released model with other bytes."""
    model = onnx.load(RELEASED)
    model.doc_string = words
    content: bytes = model.SerializeToString()
    return content


async def follow(live: LiveModel, until: Callable[[], bool], seconds: float = 10) -> None:
    """Follow until something holds, or for so long."""
    following = asyncio.create_task(live.follow())
    for _ in range(int(seconds / 0.01)):
        await asyncio.sleep(0.01)
        if until():
            break
    assert not following.done()
    following.cancel()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Path(shutil.copy(RELEASED, tmp_path / "champion.onnx"))


@pytest.fixture
def live(path: Path) -> LiveModel:
    return LiveModel(FileSource(path, seconds=0.01))


def test_a_file_that_is_replaced_takes_over(live: LiveModel, path: Path) -> None:
    before = live.now
    (path.parent / "new").write_bytes(another())
    (path.parent / "new").rename(path)
    asyncio.run(follow(live, lambda: live.now is not before))
    assert live.now.digest != before.digest
    assert live.now.model is not before.model


def test_a_broken_file_is_told_of_once_and_the_old_model_goes_on(
    live: LiveModel, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = live.now
    path.write_bytes(b"broken")
    with caplog.at_level(logging.WARNING):
        asyncio.run(follow(live, lambda: False, 0.3))
    assert live.now is before
    assert len([record for record in caplog.records if "champion.onnx" in record.message]) == 1


def test_a_file_that_is_away_is_told_of_once_and_taken_when_it_is_back(
    live: LiveModel, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = live.now
    path.unlink()
    with caplog.at_level(logging.WARNING):
        asyncio.run(follow(live, lambda: False, 0.2))
    assert live.now is before
    assert len(caplog.records) == 1
    path.write_bytes(another())
    asyncio.run(follow(live, lambda: live.now is not before))
    assert live.now is not before
