"""What an operator may rely on: another model takes over without a restart, and a broken one does not."""

import asyncio
import logging
import shutil
from pathlib import Path

import onnx
import pytest

from src.prediction.model_file import RELEASED
from src.serving.live_model import LiveModel


@pytest.fixture
def live(tmp_path: Path) -> LiveModel:
    shutil.copy(RELEASED, tmp_path / "champion.onnx")
    return LiveModel(tmp_path / "champion.onnx")


def _another(path: Path) -> bytes:
    model = onnx.load(RELEASED)
    model.doc_string = "another"
    content: bytes = model.SerializeToString()
    (path.parent / "new").write_bytes(content)
    (path.parent / "new").rename(path)
    return content


async def _follow(live: LiveModel) -> None:
    following = asyncio.create_task(live.follow(0.01))
    before = live.digest
    for _ in range(500):
        await asyncio.sleep(0.01)
        if live.digest != before:
            break
    following.cancel()


def test_a_file_that_is_replaced_takes_over(live: LiveModel) -> None:
    before, model = live.digest, live.model
    _another(live.path)
    asyncio.run(_follow(live))
    assert live.digest != before
    assert live.model is not model


def test_a_broken_file_is_told_of_and_the_old_model_goes_on(live: LiveModel, caplog: pytest.LogCaptureFixture) -> None:
    model = live.model
    live.path.write_bytes(b"broken")

    async def look() -> None:
        following = asyncio.create_task(live.follow(0.01))
        await asyncio.sleep(0.3)
        following.cancel()

    with caplog.at_level(logging.WARNING):
        asyncio.run(look())
    assert live.model is model
    assert len([record for record in caplog.records if "champion.onnx" in record.message]) == 1


def test_a_file_that_is_away_for_a_moment_changes_nothing(live: LiveModel) -> None:
    model = live.model
    live.path.unlink()

    async def look() -> None:
        following = asyncio.create_task(live.follow(0.01))
        await asyncio.sleep(0.1)
        following.cancel()

    asyncio.run(look())
    assert live.model is model
