"""One request begins a turn of the event loop: those that come together are not to hold all others up together."""

import asyncio
from collections import deque


class Turns:
    """Hands out the loop's turns, first come, first served."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._taken = False

    async def take(self) -> None:
        """Go on at once where nobody else has in this turn of the loop; otherwise in a later turn, alone."""
        loop = asyncio.get_running_loop()
        if not self._taken:
            self._taken = True
            loop.call_soon(self._give_next, loop)
            return
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        await turn

    def _give_next(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # whoever waited may have been given up
                turn.set_result(None)
                loop.call_soon(self._give_next, loop)
                return
        self._taken = False
