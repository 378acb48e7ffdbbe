"""What the requests of one service share."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import HTTPException, Request

from src.serving.live_model import LiveModel
from src.serving.model_source import ModelSource
from src.serving.sample_store import SampleStore
from src.serving.settings import S3, Settings, sample_folder

_ASIDE = 2
"""Large pictures at a time: one of the most pixels that settings allow takes up to 350 MB."""


@dataclass
class State:
    """What is kept from request to request.

    waiting: Requests that are under way.
    stopping: The service ends what it has and takes nothing new.
    aside: Reads large pictures; a thread whose request has given up counts until it ends.
    """

    settings: Settings
    live: LiveModel
    samples: SampleStore
    waiting: int = 0
    stopping: bool = False
    aside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_ASIDE, "aside"))

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


def make_state(settings: Settings, source: ModelSource) -> State:
    """Open what a service needs.

    Raises:
        PysarError, OSError: The model cannot be had or used.
    """
    return State(settings, LiveModel(source), _open_samples(settings))


def _open_samples(settings: Settings) -> SampleStore:
    if not settings.samples.startswith(S3):
        return SampleStore(sample_folder(settings, Path.cwd()))
    from src.serving.uploads import SPOOL, Outbox  # noqa: PLC0415 - boto3 takes 20 MB, and most services need none

    return Outbox(SPOOL, settings.samples)
