"""What who sends a picture may rely on, whatever others send: it is read in time, and no other picture costs it."""

import asyncio
import contextlib
import os
import signal
import struct
import time
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from src.features.picture.normalize import normalize
from src.serving.reading.cost import Wanted
from src.serving.reading.reader import BusyError, Reader, RefusedError
from tests.prediction.drawings import drawn, encoded

PICTURE = encoded(drawn("ж"))
SIDE = 28
LARGEST = 40_000_000
SECONDS = 60.0


def run(work: Callable[[Reader], Awaitable[None]], largest: int = LARGEST) -> None:
    """Do something with a reader."""
    others = set(psutil.Process().children(recursive=True))

    async def do() -> None:
        reader = Reader(largest, 64)
        await reader.start()
        try:
            await work(reader)
        finally:
            await reader.close()
        assert set(psutil.Process().children(recursive=True)) <= others

    asyncio.run(do())


def wanted(content: bytes, largest: int = LARGEST) -> Wanted:
    """Return what is to be read."""
    return Wanted(content, SIDE, largest)


def scans(side: int, count: int) -> bytes:
    """Return a progressive JPEG with scans that say nothing; each goes over the whole picture."""
    content = encoded(np.full((side, side), 255, np.uint8), "JPEG", progressive=True)
    return content[:-2] + bytes.fromhex("ffda0008010100013f00") * count + content[-2:]


def chunks(count: int) -> bytes:
    """Return a PNG with texts that unpack to a thousand times their bytes."""
    body = b"a\0\0" + zlib.compress(bytes(900_000), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    return PICTURE[:33] + chunk * count + PICTURE[33:]


def large(side: int, mode: str = "L") -> bytes:
    """Return a large picture."""
    grey = np.full((side, side), 255, np.uint8)
    grey[side // 4 : -side // 4, side // 2 - side // 20 : side // 2 + side // 20] = 0
    deep = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(grey).convert(mode)
    return encoded(deep, "PNG", compress_level=1)


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
        bad = [asyncio.create_task(reader.read(wanted(scans(2000, 9000)), SECONDS)) for _ in range(6)]
        await asyncio.sleep(0.2)
        for _ in range(20):
            await reader.read(wanted(PICTURE), SECONDS)
        assert not all(task.done() for task in bad)
        for task in bad:
            task.cancel()
        await asyncio.wait(bad)

    run(work)


def test_a_process_that_somebody_kills_loses_no_picture() -> None:
    async def work(reader: Reader) -> None:
        for _ in range(5):
            for process in _readers():
                process.kill()
            await asyncio.gather(*(reader.read(wanted(PICTURE), SECONDS) for _ in range(8)))

    run(work)


def test_the_template_is_started_again_where_somebody_has_killed_it() -> None:
    async def work(reader: Reader) -> None:
        _template().kill()
        await asyncio.sleep(0.1)
        await asyncio.gather(*(reader.read(wanted(PICTURE), SECONDS) for _ in range(8)))
        await reader.read(wanted(large(2000)), SECONDS)

    run(work)


def test_all_processes_end_with_who_has_started_them() -> None:
    pid = os.fork()
    if pid == 0:  # what is killed must not be this process

        async def wait() -> None:
            reader = Reader(LARGEST, 64)
            await reader.start()
            await asyncio.wait({asyncio.create_task(reader.read(wanted(scans(6000, 90_000)), SECONDS))}, timeout=60)

        try:
            asyncio.run(wait())
        finally:
            os._exit(1)
    until = time.monotonic() + 20
    while len(below := psutil.Process(pid).children(recursive=True)) < 5:
        assert time.monotonic() < until
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    _, alive = psutil.wait_procs(below, 10)
    assert not alive


def test_who_gives_up_frees_the_process_at_once() -> None:
    async def work(reader: Reader) -> None:
        before = {process.pid for process in _readers()}
        reading = asyncio.create_task(reader.read(wanted(scans(4000, 90_000)), SECONDS))
        await asyncio.sleep(0.5)
        assert {process.pid for process in _readers()} - before
        reading.cancel()
        await asyncio.wait({reading})
        assert {process.pid for process in _readers()} <= before

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
            (_said_to_be(65_536), LARGEST, "more than 40,000,000 pixels"),
        )
        for content, largest, said in cases:
            with pytest.raises(RefusedError, match=said):
                await reader.read(wanted(content, largest), SECONDS)

    run(work)


def test_the_processes_know_no_keys_and_say_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    async def work(reader: Reader) -> None:
        await reader.read(wanted(PICTURE), SECONDS)
        for process in (_template(), *_readers()):
            assert "AWS_SECRET_ACCESS_KEY" not in process.environ()
        for process in _readers():
            outputs = [Path(f"/proc/{process.pid}/fd/{n}").resolve() for n in (0, 1, 2)]  # noqa: ASYNC240 - no disk
            assert outputs == 3 * [Path(os.devnull)]

    run(work)


def _said_to_be(side: int) -> bytes:
    """Return a PNG whose head says so of its sides."""
    head = b"IHDR" + struct.pack(">II", side, side) + PICTURE[24:29]
    return PICTURE[:12] + head + struct.pack(">I", zlib.crc32(head)) + PICTURE[33:]


def _template() -> psutil.Process:
    # A server of other tests may be a child of this process, too.
    templates = [child for child in psutil.Process().children() if "src.serving.reading.process" in child.cmdline()]
    (template,) = templates
    return template


def _readers() -> list[psutil.Process]:
    return _template().children()
