"""What an operator may rely on of the processes that read: they come again, end in time, and know nothing."""

import asyncio
import os
import signal
import time
from pathlib import Path

import psutil
import pytest

from src.serving.reading import processes
from src.serving.reading.reader import Drawn, Reader
from tests.serving.reading.costly_pictures import LARGEST, PICTURE, large, scans, wanted
from tests.serving.reading.running_reader import SECONDS, run


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


def test_a_process_that_takes_long_to_end_does_not_take_the_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    end = processes._kill_and_wait
    slow: list[int] = []

    async def end_slowly(identity: int) -> None:  # as one with much memory that gives way to many others
        slow.append(identity)
        await asyncio.sleep(3 * processes._END_SECONDS)
        await end(identity)

    monkeypatch.setattr(processes, "_END_SECONDS", 0.3)
    monkeypatch.setattr(processes, "_kill_and_wait", end_slowly)

    async def work(reader: Reader) -> None:
        before = _template().pid
        await reader.read(wanted(large(2000)), SECONDS)
        assert slow
        assert _template().pid == before

    run(work)


def test_processes_that_hang_keep_no_one_else_waiting() -> None:
    async def work(reader: Reader) -> None:
        hanging = sorted(_readers(), key=lambda process: process.pid)[-2:]  # the last to come are the first to go
        for process in hanging:
            process.suspend()
        reading = {asyncio.create_task(reader.read(wanted(PICTURE), SECONDS)) for _ in range(8)}
        done, pending = set[asyncio.Task[Drawn]](), reading
        while len(done) < 6:
            more, pending = await asyncio.wait(pending, timeout=20, return_when=asyncio.FIRST_COMPLETED)
            assert more, "nobody is read while two processes hang"
            done |= more
        for process in hanging:
            process.resume()
        await asyncio.gather(*reading)

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


def _template() -> psutil.Process:
    # A server of other tests may be a child of this process, too.
    templates = [child for child in psutil.Process().children() if "src.serving.reading.process" in child.cmdline()]
    (template,) = templates
    return template


def _readers() -> list[psutil.Process]:
    return _template().children()
