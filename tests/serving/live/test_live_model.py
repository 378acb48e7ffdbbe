"""What an operator may rely on: another model takes over without a restart, and a broken one does not."""

import asyncio
import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest

from src.common.errors import InputError
from src.prediction.model_file import RELEASED, released_file
from src.serving.live.live_model import LiveModel
from src.serving.live.model_source import FileSource
from tests.prediction.broken_models import BROKEN, broken, spin


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


@pytest.mark.parametrize("fault", ["NaN", "other side", "renamed output", "cut"])
def test_a_model_that_does_not_work_does_not_take_over_and_why_is_told(
    fault: str, live: LiveModel, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before, (content, reason) = live.now, BROKEN[fault]
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        asyncio.run(follow(live, lambda: live.trouble is not None))
    assert live.now is before
    assert re.search(rf"{path}: .*({reason}).*; the model before it goes on", caplog.text)
    assert re.match(rf"champion\.onnx: .*({reason})", live.trouble or "")
    path.write_bytes(another())
    asyncio.run(follow(live, lambda: live.trouble is None))
    assert live.now is not before


def test_a_model_of_another_alphabet_does_not_take_over(live: LiveModel, path: Path) -> None:
    before = live.now
    shutil.copy(released_file("emnist-balanced"), path)
    asyncio.run(follow(live, lambda: live.trouble is not None))
    assert live.now is before
    assert "another alphabet" in (live.trouble or "")


def test_a_model_that_would_hold_up_all_requests_does_not_take_over(live: LiveModel, path: Path) -> None:
    before = live.now
    path.write_bytes(broken(lambda model: spin(model, 100_000)))
    asyncio.run(follow(live, lambda: live.trouble is not None, 60))
    assert live.now is before
    assert "too slow" in (live.trouble or "")


def test_of_two_broken_files_after_each_other_both_are_told_of(
    live: LiveModel, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for fault in ("NaN", "renamed output"):
        path.write_bytes(BROKEN[fault][0])
        with caplog.at_level(logging.WARNING):
            asyncio.run(follow(live, lambda: False, 0.3))
        assert re.search(BROKEN[fault][1], live.trouble or "")
    assert len(caplog.records) == 2


def test_a_broken_file_is_still_told_of_after_it_was_away(live: LiveModel, path: Path) -> None:
    path.write_bytes(BROKEN["NaN"][0])
    asyncio.run(follow(live, lambda: live.trouble is not None))
    path.rename(path.with_suffix(".away"))
    asyncio.run(follow(live, lambda: "no such file" in (live.trouble or "")))
    path.with_suffix(".away").rename(path)
    asyncio.run(follow(live, lambda: "not a number" in (live.trouble or "")))
    assert "not a number" in (live.trouble or "")


@pytest.mark.parametrize("fault", ["NaN", "no side"])
def test_a_service_does_not_start_with_a_model_that_does_not_work(fault: str, path: Path) -> None:
    path.write_bytes(BROKEN[fault][0])
    with pytest.raises(InputError, match=BROKEN[fault][1]):
        LiveModel(FileSource(path))


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
