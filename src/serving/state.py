"""What the requests of one service share."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import HTTPException, Request

from src.serving.live_model import LiveModel
from src.serving.sample_store import SampleStore
from src.serving.settings import S3, Settings


@dataclass
class State:
    """What is kept from request to request.

    waiting: Requests that are under way.
    stopping: The service ends what it has and takes nothing new.
    aside: Lets as many large pictures be read at a time as there are cores.
    """

    settings: Settings
    live: LiveModel
    samples: SampleStore
    waiting: int = 0
    stopping: bool = False
    aside: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 1))

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count a request while it is worked on.

        Raises:
            HTTPException: 503, there are too many.
        """
        if self.waiting >= self.settings.max_waiting:
            raise HTTPException(503, "too many requests are under way; try again in a second", {"Retry-After": "1"})
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1


def state_of(request: Request) -> State:
    """Return the state of the service that got a request."""
    state: State = request.app.state.pysar
    return state


def make_state(settings: Settings, model: Path) -> State:
    """Open what a service needs.

    Raises:
        InputError: The model cannot be used.
    """
    return State(settings, LiveModel(model), _open_samples(settings.samples))


def _open_samples(address: str) -> SampleStore:
    if not address.startswith(S3):
        return SampleStore(Path(address))
    from src.serving.uploads import SPOOL, Outbox  # noqa: PLC0415 - boto3 takes 20 MB, and most services need none

    return Outbox(SPOOL, address)
