"""What the requests of one service share."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import HTTPException, Request

from src.prediction.model_file import UKRAINIAN
from src.serving.http.body import room_for_bodies
from src.serving.http.turns import Turns
from src.serving.live.live_model import LiveModel
from src.serving.live.missing_models import Missing, open_others
from src.serving.live.model_source import ModelSource
from src.serving.reading.lane import Lane
from src.serving.reading.reader import Reader
from src.serving.settings import S3, Settings, drawing_folder
from src.serving.store.drawing_store import DrawingStore
from src.serving.store.quota import Amount, Quota

_TOLD = 40
"""Characters of a task's name that are told again: it is the client's."""


@dataclass
class State:
    """What is kept from request to request.

    models: By task; there is always the Ukrainian one.
    missing: Tasks whose models did not work so far.
    waiting: Requests that are under way.
    network: The thread in which networks read. They take a millisecond, and now and then, when the system tidies its
        memory, a hundred.
    stopping: The service is about to end, and should not be sent anything new.
    refusing: It takes nothing new.
    reader: Reads pictures, between `start` and `close`.
    bodies: Room for what is longer than a drawing.
    turns: Requests that come together begin, and end, one after the other.
    """

    settings: Settings
    models: dict[str, LiveModel]
    samples: DrawingStore
    reader: Reader
    bodies: Lane
    missing: dict[str, Missing] = field(default_factory=dict)
    waiting: int = 0
    network: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "network"))
    turns: Turns = field(default_factory=Turns)
    stopping: bool = False
    refusing: bool = False

    @property
    def live(self) -> LiveModel:
        """The Ukrainian model."""
        return self.models[UKRAINIAN]

    def live_of(self, task: str) -> LiveModel:
        """Return the model of a task.

        Raises:
            HTTPException: 404, it is not served.
        """
        live = self.models.get(task)
        if live is None:
            raise HTTPException(404, f"task: {task[:_TOLD]!r} is not served; served are {', '.join(self.models)}")
        return live

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


def make_state(settings: Settings, source: ModelSource, others: Mapping[str, ModelSource]) -> State:
    """Open what a service needs; `create_app` says of what.

    Raises:
        PysarError, OSError: The Ukrainian model cannot be had or used.
    """
    ukrainian = LiveModel(source)
    models, missing = open_others(others)
    reader = Reader(settings.max_pixels, settings.max_waiting)
    return State(
        settings,
        {UKRAINIAN: ukrainian, **models},
        _open_drawings(settings),
        reader,
        room_for_bodies(settings),
        missing,
    )


def _open_drawings(settings: Settings) -> DrawingStore:
    most = Amount(settings.samples_count, settings.samples_bytes)
    if not settings.samples.startswith(S3):
        folder = drawing_folder(settings, Path.cwd())
        return DrawingStore(folder, Quota(folder, most))
    from src.serving.store.uploads import SPOOL, Outbox  # noqa: PLC0415 - boto3 takes 20 MB, and most services need none

    return Outbox(SPOOL, settings.samples, Quota(SPOOL, most))
