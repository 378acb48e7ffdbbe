"""Who waits for what there is too little of: processes, pixels, bytes."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager

_Entry = tuple[int, int, int, "asyncio.Future[None]"]
"""Rank, number, weight, and what is done when it is its turn."""


class FullError(Exception):
    """So many wait already that another would wait too long."""


class Lane:
    """Lets jobs in while there is room for them, those of the least rank first.

    Args:
        room: What the jobs that are in it may weigh together.
        jobs: So many may be in it.
        waiting: So many may wait.
    """

    def __init__(self, room: int, jobs: int, waiting: int) -> None:
        self._room, self._jobs, self._most_waiting = room, jobs, waiting
        self._waiting: list[_Entry] = []
        self._numbers = itertools.count()

    @asynccontextmanager
    async def turn(self, weight: int, rank: int = 0) -> AsyncIterator[Callable[[], None]]:
        """Wait for a turn, and give the room back at the end; of two of one rank the first comes first.

        Yields what gives it back before, and does nothing when it is called again.

        Raises:
            FullError: Too many wait.
        """
        await self.enter(weight, rank)
        with ExitStack() as stay:
            stay.callback(self.leave, weight)
            yield stay.close

    async def enter(self, weight: int, rank: int = 0) -> None:
        """Wait for a turn, which `leave` ends.

        Raises:
            FullError: Too many wait.
        """
        if len(self._waiting) >= self._most_waiting:
            raise FullError
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (rank, next(self._numbers), weight, turn)
        heapq.heappush(self._waiting, entry)
        self._let_in()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(entry)
            else:
                self.leave(weight)
            raise

    def leave(self, weight: int) -> None:
        """Give room back."""
        self._room += weight
        self._jobs += 1
        self._let_in()

    def _forget(self, entry: _Entry) -> None:
        if entry in self._waiting:
            self._waiting.remove(entry)
            heapq.heapify(self._waiting)
            self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._jobs and self._waiting[0][2] <= self._room:
            _, _, weight, turn = heapq.heappop(self._waiting)
            if turn.cancelled():  # and its task has not run since
                continue
            self._room -= weight
            self._jobs -= 1
            turn.set_result(None)
