"""The server around the service: its limits, and how it stops."""

import asyncio
import gc
import resource
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from fastapi import FastAPI

from src.serving.http.protocol import MOST_CONNECTIONS, GuardedProtocol
from src.serving.state import State

_GRACE_SECONDS = 25
"""For the requests that are under way when the service is told to stop; what starts it waits 30 s before it kills."""
_FILES = 200
"""Descriptors that are no connections."""


class Server(uvicorn.Server):
    """Stops in an order that a balancer can follow.

    Told to, it says 503 at /readyz and still answers for `drain_seconds`, after which it should not be sent anything;
    it then refuses what is new, ends what it has, and closes its port. Ctrl-C skips the first part.
    """

    def __init__(self, app: FastAPI, **options: object) -> None:
        config = uvicorn.Config(app, http=GuardedProtocol, ws="none", log_level="warning", server_header=False,
                                proxy_headers=False, limit_concurrency=MOST_CONNECTIONS + 1,
                                timeout_graceful_shutdown=_GRACE_SECONDS, **options)  # type: ignore[arg-type]  # fmt: skip
        super().__init__(config)
        self._state: State = app.state.pysar
        self._drains = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal to stop."""
        self._drains = sig == signal.SIGTERM
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        state = self._state
        state.stopping = True
        if self._drains:
            await self._wait_while(lambda: True, state.settings.drain_seconds)
        state.refusing = True
        await self._wait_while(lambda: bool(self.server_state.tasks), _GRACE_SECONDS)
        await super().shutdown(sockets)

    async def _wait_while(self, busy: Callable[[], bool], seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while busy() and loop.time() < until and not self.force_exit:  # noqa: ASYNC110 - uvicorn's flags are no events
            await asyncio.sleep(0.05)


def prepare_process() -> None:
    """Make this process one that serves, once it has loaded what it needs.

    As many files may be open as there may be connections, as far as the system lets us. What is loaded stays: to look
    through it for garbage again and again would each time hold all requests up for 50 ms.
    """
    gc.collect()
    gc.freeze()
    needed = MOST_CONNECTIONS + _FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        most = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
