"""What who sends a picture may rely on, whatever others send: it is read in time, and no other picture costs it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest

from src.features.picture.normalize import normalize
from src.serving.reading.cost import Wanted
from src.serving.reading.job import Job, Reply
from src.serving.reading.pool import OverError, Pool
from src.serving.reading.reader import BusyError, Reader, RefusedError
from tests.prediction.drawings import drawn, encoded
from tests.serving.reading.costly_pictures import LARGEST, PICTURE, chunks, large, said_to_be, scans, wanted
from tests.serving.reading.running_reader import SECONDS, run


@contextlib.asynccontextmanager
async def costly_ones(reader: Reader, content: bytes, seconds: float) -> AsyncIterator[None]:
    """Let costly pictures be read for some seconds before the block, which must end before they are all read."""
    bad = [asyncio.create_task(reader.read(wanted(content), SECONDS)) for _ in range(6)]
    await asyncio.sleep(seconds)
    yield
    assert not all(task.done() for task in bad)
    for task in bad:
        task.cancel()
    await asyncio.wait(bad)


def test_a_picture_is_read_as_on_the_command_line() -> None:
    async def work(reader: Reader) -> None:
        for side, picture in ((28, drawn("ж")), (56, drawn("ї"))):
            glyph, more_frames = await reader.read(Wanted(encoded(picture), side, LARGEST), SECONDS)
            here = normalize(picture, side)
            assert more_frames is False
            np.testing.assert_array_equal(glyph.image, here.image)
            assert glyph[1:] == here[1:]

    run(work)


@pytest.mark.parametrize("content", [scans(2000, 9000), scans(700, 90_000), scans(400, 900_000)])
def test_what_costs_more_than_its_size_promises_is_ended_and_the_next_is_read(content: bytes) -> None:
    async def work(reader: Reader) -> None:
        with pytest.raises(RefusedError, match="more time than its size promises"):
            await reader.read(wanted(content), SECONDS)
        await reader.read(wanted(PICTURE), SECONDS)
        await reader.read(wanted(large(2000)), SECONDS)

    run(work)


@pytest.mark.parametrize(
    "content",
    [
        scans(400, 9000), scans(2000, 5000), chunks(100), chunks(5000), b"\xff\xd8" + b"\xff" * 5_000_000,
        b"\xff" * 99_000, large(3000),
    ],
    ids=["scans", "large scans", "texts", "many texts", "long head", "head", "large"],
)  # fmt: skip
def test_nothing_holds_the_loop_up(content: bytes) -> None:
    async def work(reader: Reader) -> None:
        longest = 0.0

        async def watch() -> None:
            nonlocal longest
            while True:
                # Of this thread alone: what others do on the machine does not count.
                worked = time.thread_time()
                await asyncio.sleep(0.001)
                longest = max(longest, time.thread_time() - worked)

        watching = asyncio.create_task(watch())
        with contextlib.suppress(RefusedError):
            await reader.read(wanted(content), SECONDS)
        watching.cancel()
        assert longest < 0.05

    run(work)


def test_who_waits_for_a_small_picture_does_not_wait_for_the_large() -> None:
    async def work(reader: Reader) -> None:
        async with costly_ones(reader, scans(2000, 9000), 0.2):
            for _ in range(20):
                await reader.read(wanted(PICTURE), SECONDS)

    run(work)


def test_a_small_picture_that_seems_costly_once_does_not_wait_for_those_that_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ask = Pool.ask

    async def seem_costly(
        pool: Pool, job: Job, content: bytes, *, apart: bool, gone: Callable[[], None] = lambda: None
    ) -> Reply:
        if content == PICTURE and not apart:
            raise OverError
        return await ask(pool, job, content, apart=apart, gone=gone)

    async def work(reader: Reader) -> None:
        async with costly_ones(reader, scans(700, 90_000), 1.0):
            monkeypatch.setattr(Pool, "ask", seem_costly)
            for _ in range(20):
                await reader.read(wanted(PICTURE), SECONDS)

    run(work)


def test_only_so_many_pixels_are_read_at_a_time_and_who_has_no_turn_is_told_so() -> None:
    async def work(reader: Reader) -> None:
        first = asyncio.create_task(reader.read(wanted(scans(2000, 900_000), 4_000_000), SECONDS))
        await asyncio.sleep(0.3)
        assert not first.done()
        with pytest.raises(BusyError):
            await reader.read(wanted(large(2000), 4_000_000), 0.3)
        first.cancel()
        await asyncio.wait({first})
        await reader.read(wanted(large(2000), 4_000_000), SECONDS)

    run(work, 4_000_000)


def test_a_picture_that_is_not_read_in_time_is_given_up() -> None:
    async def work(reader: Reader) -> None:
        with pytest.raises(TimeoutError):
            await reader.read(wanted(scans(5000, 900_000)), 0.5)
        await reader.read(wanted(PICTURE), SECONDS)

    run(work)


def test_what_is_too_large_is_refused_with_the_limit_that_holds() -> None:
    async def work(reader: Reader) -> None:
        cases = (
            (large(2000), 3_000_000, "2,000 x 2,000 pixels, above 3,000,000"),
            (large(800), 600_000, "800 x 800 pixels, above 600,000"),
            (encoded(np.zeros((30, 9000), np.uint8)), 1_000_000, "a side above 2,000; crop it"),
            (encoded(np.zeros((30, 13_000), np.uint8)), LARGEST, "a side above 12,649; crop it"),
            (said_to_be(65_536), LARGEST, "more than 40,000,000 pixels"),
        )
        for content, largest, said in cases:
            with pytest.raises(RefusedError, match=said):
                await reader.read(wanted(content, largest), SECONDS)

    run(work)
