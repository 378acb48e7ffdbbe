"""Processes that read: some that stay for what is quick, others for one picture each."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from src.common.errors import WorkError
from src.serving.reading.job import Job, Reply
from src.serving.reading.processes import GoneError, Processes, ReadingProcess

_TRIES = 2
"""Who ends a process from outside does not lose its picture."""
_CRASHED = Reply("picture", "damaged picture (its decoder failed); write it again")
_FROM_OUTSIDE = {None, signal.SIGKILL, signal.SIGTERM}

Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class OverError(Exception):
    """A picture has used up its time."""


class Pool:
    """Reads pictures, from `start` to `close`.

    Args:
        kept: So many processes stay for what is quick.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._processes = Processes()
        self._idle: list[ReadingProcess] = []
        self._beside: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Start the processes that stay.

        Raises:
            WorkError: None can be had.
        """
        while len(self._idle) < self._kept:
            self._idle.append(await self._processes.start())

    async def close(self) -> None:
        """End all processes."""
        while self._beside:
            await asyncio.wait(self._beside)
        for process in self._idle:
            process.channel.close()
        self._idle.clear()
        await self._processes.close()

    async def ask(self, job: Job, content: bytes, *, apart: bool, gone: Callable[[], None] = lambda: None) -> Reply:
        """Have a picture read, by a process of its own where it is read apart.

        `gone` is called as soon as its process has ended by itself, and not only when the system is done with it.

        Raises:
            OverError: It takes more than the job's seconds.
            WorkError: No process can be had, or all are ended from outside.
        """
        for again in range(_TRIES):
            # Where one of those that stay was ended, the others may have been, too.
            fresh = apart or again or not self._idle
            process = await self._processes.start() if fresh else self._idle.pop()
            try:
                reply = await process.ask(job, content)
            except GoneError:
                gone()
                died = await self._end(process, refill=not apart)
                if died == signal.SIGPROF:
                    raise OverError from None
                if died not in _FROM_OUTSIDE:
                    logger.warning("a reading process has ended by itself (signal %s)", died)
                    return _CRASHED
            except BaseException:
                await self._end(process, refill=not apart)
                raise
            else:
                if apart:
                    await self._end(process, refill=False)
                else:
                    self._keep(process)
                if reply.refusal == "bug":
                    logger.error("a picture could not be read: %r", reply.detail)
                    raise WorkError("the picture could not be read; the service's log says why")
                return reply
        raise WorkError("the processes that read are being ended; free some memory")

    async def _end(self, process: ReadingProcess, *, refill: bool) -> int | None:
        """End a process, even where who waits for it is given up himself; its memory is free then."""
        ending = self._run(self._processes.end(process))
        if refill:
            self._run(self._refill())
        return await asyncio.shield(ending)

    async def _refill(self) -> None:
        if len(self._idle) < self._kept:
            with contextlib.suppress(WorkError):  # who needs one is told so
                self._keep(await self._processes.start())

    def _keep(self, process: ReadingProcess) -> None:
        if len(self._idle) < self._kept:
            self._idle.append(process)
        else:
            self._run(self._processes.end(process))

    def _run(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return task
