"""Who waits for whom: small, medium and large pictures.

What a small picture should cost is tried first, in one of a few processes that stay. One that costs more is tried again
for longer, then goes on among the medium ones, and one that says that it is large, among the large: each of those has a
process of its own, which gives way to all before it. So nobody waits for a picture that is worse than his own; and what
costs more of the processor or of memory than its size promises is ended, whatever is in it.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

import numpy as np

from src.common.cores import allowed_cores
from src.common.errors import InputError, WorkError
from src.features.picture.normalize import Glyph
from src.serving.reading.cost import MEDIUM_PIXELS, QUICK_BYTES, Wanted
from src.serving.reading.job import Refusal, Reply
from src.serving.reading.lane import FullError, Lane
from src.serving.reading.pool import OverError, Pool

_SECOND_JOBS, _MEDIUM_JOBS, _LARGE_JOBS = 2, 2, 2
_MEDIUM_WAITING, _LARGE_WAITING = 32, 8
_SECOND_NICE, _MEDIUM_NICE, _LARGE_NICE = 2, 10, 15
_BYTES_A_MILLISECOND, _SECOND_BYTES_A_MILLISECOND = 1000, 100
_TURN_SECONDS = 0.1
"""A small picture that has not used up its time of the processor takes longer only where its process waits."""
_SPARES = 4
"""Processes that take the place of those that are ended, of which there may be several at once."""
_COSTLY = Reply("cost", "the picture takes more time than its size promises; save it again as PNG or JPEG")


class BusyError(WorkError):
    """Too many pictures of that size are being read or wait."""


class Drawn(NamedTuple):
    """The glyph of a picture, and whether its file has more pages or frames than the first, which was read."""

    glyph: Glyph
    more_frames: bool


class RefusedError(InputError):
    """A picture is not read: `refusal` says of what kind the reason is, the text says it in words."""

    def __init__(self, refusal: Refusal, detail: str) -> None:
        super().__init__(detail)
        self.refusal = refusal


class Reader:
    """Reads pictures in processes of its own, from `start` to `close`.

    Args:
        max_pixels: The large ones that are read at a time have no more than so many together.
        max_waiting: So many small ones may wait.
    """

    def __init__(self, max_pixels: int, max_waiting: int) -> None:
        jobs = max(2, allowed_cores())
        self._quick = Lane(jobs, jobs, max_waiting)
        self._second = Lane(_SECOND_JOBS, _SECOND_JOBS, max_waiting)
        self._medium = Lane(_MEDIUM_JOBS, _MEDIUM_JOBS, _MEDIUM_WAITING)
        self._large = Lane(max_pixels, _LARGE_JOBS, _LARGE_WAITING)
        self._pool = Pool(jobs + _SPARES)
        self._hanging = 0
        self.start, self.close = self._pool.start, self._pool.close

    async def read(self, wanted: Wanted, seconds: float) -> Drawn:
        """Read a picture within so many seconds.

        Raises:
            RefusedError: It is no picture, too large, or costs more than its size promises; the form has not one file.
            BusyError: Too many of its size wait, or it has had no turn.
            TimeoutError: It has had a turn, and is not read.
            WorkError: No process can be had.
        """
        turn = _Turn()
        try:
            async with asyncio.timeout(seconds):
                reply = await self._read(wanted, turn)
        except (FullError, TimeoutError) as error:
            if turn.has:
                raise
            raise BusyError("many pictures are being read; try again in a few seconds") from error
        except OverError:
            reply = _COSTLY
        if reply.refusal is not None:
            raise RefusedError(reply.refusal, reply.detail)
        pixels = np.frombuffer(reply.image, np.uint8).reshape(wanted.side, wanted.side)
        return Drawn(Glyph(pixels, reply.relative_height, reply.height_by_pen), reply.more_frames)

    async def _read(self, wanted: Wanted, turn: "_Turn") -> Reply:
        room = MEDIUM_PIXELS
        if len(wanted.content) <= QUICK_BYTES:
            reply = await self._read_quickly(wanted, turn)
            if reply is not None and reply.refusal != "later":
                return reply
            room = MEDIUM_PIXELS if reply is None else max(MEDIUM_PIXELS, reply.pixels)
        if room == MEDIUM_PIXELS:
            async with turn.of(self._medium, 1, _due(wanted)):
                reply = await self._pool.ask(wanted.job(room, _MEDIUM_NICE), wanted.content, apart=True)
            if reply.refusal != "later":
                return reply
            room = min(reply.pixels, wanted.largest)
        async with turn.of(self._large, room, 0):
            return await self._pool.ask(wanted.job(room, _LARGE_NICE), wanted.content, apart=True)

    async def _read_quickly(self, wanted: Wanted, turn: "_Turn") -> Reply | None:
        """Return None where it costs more than a small one should."""
        due = _due(wanted)
        with contextlib.suppress(OverError):
            async with turn.of(self._quick, 1, due) as leave, self._while_it_hangs(leave):
                return await self._pool.ask(wanted.quick_job(), wanted.content, apart=False, gone=leave)
        with contextlib.suppress(OverError):
            async with turn.of(self._second, 1, _due(wanted, _SECOND_BYTES_A_MILLISECOND)):
                return await self._pool.ask(wanted.second_job(_SECOND_NICE), wanted.content, apart=True)
        return None

    @asynccontextmanager
    async def _while_it_hangs(self, leave: Callable[[], None]) -> AsyncIterator[None]:
        """Let another have the turn of a picture whose process waits for the system; a few at a time may do so."""
        hangs = False

        def let_another_in() -> None:
            nonlocal hangs
            if self._hanging < _SPARES:
                self._hanging += 1
                hangs = True
                leave()

        waiting = asyncio.get_running_loop().call_later(_TURN_SECONDS, let_another_in)
        try:
            yield
        finally:
            waiting.cancel()
            self._hanging -= hangs


def _due(wanted: Wanted, bytes_a_millisecond: int = _BYTES_A_MILLISECOND) -> int:
    """Return when it should be a picture's turn, in ms: smaller ones go first, but nobody is passed over for long."""
    return int(1000 * time.monotonic()) + len(wanted.content) // bytes_a_millisecond


class _Turn:
    """Whether a picture is being read, and does not wait."""

    has = False

    @asynccontextmanager
    async def of(self, lane: Lane, weight: int, rank: int) -> AsyncIterator[Callable[[], None]]:
        self.has = False
        async with lane.turn(weight, rank) as leave:
            self.has = True
            yield leave
