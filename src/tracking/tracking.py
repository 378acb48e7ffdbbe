"""MLflow tracking of the training stages, which never fail because of it: where MLflow is away they go on without."""

import functools
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

from src.common import interruption
from src.tracking.description import describe_result
from src.tracking.lineage import EXPERIMENT_TAG
from src.tracking.outbox import Message, Outbox, now_in_milliseconds
from src.tracking.run_origin import LINEAGE, RunOrigin, find_origin
from src.tracking.run_tags import run_tags
from src.tracking.store_address import quiet_mlflow, store_root, store_uri
from src.tracking.system_metrics import SystemMetrics

if TYPE_CHECKING:
    from src.tracking.mlflow_records import Record

logger = logging.getLogger(__name__)

MODEL_NAME = "pysar"
"""The registered model that has a champion."""
CANDIDATE = "candidate"
"""Alias of its version that was registered last, until it becomes champion."""
PATIENCE_SECONDS = 120.0
"""So long is a locked database waited for at the end, and so long where the stage was stopped:"""
STOPPED_SECONDS = 5.0
_NONE: Mapping[str, str] = MappingProxyType({})


class TrackedRun:
    """What a stage tells MLflow; every method returns soon when MLflow is away, and what it says is told later."""

    def __init__(self, uri: str, begin: "Callable[[], Record]", origin: Callable[[], RunOrigin]) -> None:
        self._outbox = Outbox(uri, begin)
        self._origin = origin
        self._machine = SystemMetrics()

    def open(self) -> None:
        """Begin the run, or continue it, and measure what the machine does; `track` calls it."""
        self._outbox.put(Message(self._log_lineage, is_artifact=True))
        self._machine.start()

    @property
    def run_id(self) -> str | None:
        """The run's id, or None as long as MLflow has not answered."""
        return self._outbox.record.run_id if self._outbox.record else None

    def log_params(self, params: Mapping[str, Any] | BaseModel) -> None:
        """Record parameters; nested ones and pydantic models are flattened, with dots between the keys."""
        self._put(Message(lambda record: record.log_params(params)))

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Record metrics, for an epoch (`step`, from 0) or for the whole run (None): one call, about 5 ms in SQLite."""
        now, figures = now_in_milliseconds(), dict(metrics)
        self._put(Message(lambda record: record.log_metrics(figures, step or 0, now)))

    def log_curve(self, rows: Sequence[Mapping[str, float]]) -> None:
        """Record the figures of some epochs, `epoch` among them, those that the run does not have yet."""
        if rows:
            curve = [dict(row) for row in rows]
            self._put(Message(lambda record: record.log_curve(curve)))

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Set tags, over those of the same name."""
        self._put(Message(lambda record: record.set_tags(tags)))

    def log_artifact(self, path: Path, folder: str | None = None) -> None:
        """Copy a file, or a folder with all in it, to the run's artifacts, into their `folder`."""
        self._put(Message(lambda record: record.log_artifact(path, folder), path, is_artifact=True))

    def log_dataset(self, path: Path, name: str, context: str) -> None:
        """Record the file that the run reads as `context` (training, validation, test), by the MD5 of its bytes."""
        self._put(Message(lambda record: record.log_dataset(path, name, context), path))

    def log_onnx(self, path: Path, examples: Mapping[str, np.ndarray]) -> None:
        """Record the ONNX model `path` as a logged model with a signature.

        Args:
            path: The model; its file's name without suffix becomes the model's name.
            examples: For each input some values, the batch along the first axis. They and the model's answers to
                them give the signature: names, dtypes, and shapes with an open batch.
        """
        self._put(Message(lambda record: record.log_onnx(path, examples), path, is_artifact=True))

    def register(self, name: str, tags: Mapping[str, str], figures: Mapping[str, float]) -> None:
        """Make the model that `log_onnx` recorded the next version of the registered model `name`.

        Args:
            name: Of the registered model, which is created where it is missing.
            tags: Of the version, besides those of the run that lead to its revision.
            figures: Tags and metrics of the version.
        """

        def call(record: "Record") -> None:
            version = record.register(name, tags, figures)
            hint = f"; `pysar promote {version}` compares it" if name == MODEL_NAME else ""
            logger.info("registered as version %s of %s%s", version, name, hint)

        self._put(Message(call))
        if name == MODEL_NAME:
            self._put(Message(lambda record: record.set_alias(CANDIDATE)))

    def describe(self, figures: str, pictures: Mapping[str, str] = _NONE, more: str = "") -> None:
        """Say in Markdown what the run came to, also of the version that it registered.

        Args:
            figures: In Markdown.
            pictures: Where among the artifacts each lies, by its title.
            more: What else is to be said of the figures.
        """

        def call(record: "Record") -> None:
            command = f"pysar provenance {record.version}" if record.version and record.model == MODEL_NAME else ""
            record.describe(describe_result(self._origin(), figures, pictures, record.run_id, more, command))

        self._put(Message(call))

    def end(self, error: BaseException | None) -> None:
        """Close the run as FINISHED, FAILED or KILLED, by the exception that ended it; `track` calls it.

        A database that is locked is waited for, not long where somebody waits for this process to end.
        """
        status = interruption.end_status(error)
        self._machine.stop()
        self._put_measured()
        self._outbox.put_last(
            Message(lambda record: record.end(status)), STOPPED_SECONDS if status == "KILLED" else PATIENCE_SECONDS
        )

    def _put(self, message: Message) -> None:
        self._put_measured()
        self._outbox.put(message)

    def _put_measured(self) -> None:
        points = self._machine.take()
        if points:
            self._outbox.put(Message(lambda record: record.log_system(points)))

    def _log_lineage(self, record: "Record") -> None:
        origin = self._origin()
        if origin.is_stage:
            record.log_text(origin.as_json(), LINEAGE)


@contextmanager
def track(
    stage: str, run_id: str | None = None, *, name: str | None = None, tags: Mapping[str, str] = _NONE
) -> Iterator[TrackedRun]:
    """Record a stage as an MLflow run: FINISHED, FAILED on an exception, KILLED on SIGTERM or Ctrl-C.

    The store is MLFLOW_TRACKING_URI or, where that is not set, `mlflow.db` and `mlartifacts/` at the repository's
    root. The run is tagged as `src.tracking.run_tags.run_tags` says. SIGTERM ends the block by `SystemExit(143)`,
    unless the caller handles that signal itself or this is not the main thread.

    Args:
        stage: Name of the stage in dvc.yaml.
        run_id: A run to continue, such as a checkpoint names; where MLflow does not know it, a new run begins.
        name: Of a new run; by default the stage, and DVC's experiment where it is one.
        tags: Set besides those of `run_tags`.

    Yields:
        The run; its `run_id` is None where MLflow is away from the start.
    """
    quiet_mlflow()
    root = store_root()
    uri = store_uri(root)

    origin = functools.cache(functools.partial(find_origin, stage))

    def begin() -> "Record":
        # Imported here because it takes four seconds and reads the environment that is set above.
        from src.tracking import mlflow_store  # noqa: PLC0415  # as said

        client, experiment_id = mlflow_store.open_store(uri, root)
        all_tags = {**run_tags(origin()), **tags}
        run_name = name or "-".join(filter(None, [stage, all_tags.get(EXPERIMENT_TAG)]))
        return mlflow_store.begin_run(client, experiment_id, run_name, all_tags, run_id)

    run = TrackedRun(uri, begin, origin)
    try:
        with interruption.sigterm_as_exit():
            run.open()
            yield run
    except BaseException as error:
        run.end(error)
        raise
    run.end(None)
