"""MLflow tracking of the training stages, which never fail because of it: where MLflow is away they go on without."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel

from src.models import interruption, lineage
from src.models.store_address import hide_login, quiet_mlflow, short_reason, store_root, store_uri

if TYPE_CHECKING:
    from src.models.mlflow_records import Record

logger = logging.getLogger(__name__)

_PROMOTED = "pysar"
"""The registered model that has a champion."""
_ARTIFACT_CLIENTS = {"boto3", "botocore"}
"""Packages whose errors say that the place for artifacts is away, not MLflow itself."""
_NONE: Mapping[str, str] = MappingProxyType({})


class TrackedRun:
    """What a stage tells MLflow; every method returns at once when MLflow is away, after one warning in all."""

    def __init__(self, uri: str) -> None:
        self.run_id: str | None = None
        self._uri = uri
        self._record: Record | None = None
        self._refusals: set[str] = set()
        self._artifacts_are_away = False

    def log_params(self, params: Mapping[str, Any] | BaseModel) -> None:
        """Record parameters; nested ones and pydantic models are flattened, with dots between the keys."""
        self._tell(lambda record: record.log_params(params))

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Record metrics, for an epoch (`step`, from 0) or for the whole run (None): one call, about 5 ms in SQLite."""
        self._tell(lambda record: record.log_metrics(metrics, step or 0))

    def log_curve(self, rows: Sequence[Mapping[str, float]]) -> None:
        """Record the figures of some epochs, `epoch` among them, those that the run does not have yet."""
        if rows:
            self._tell(lambda record: record.log_curve(rows))

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Set tags, over those of the same name."""
        self._tell(lambda record: record.set_tags(tags))

    def log_artifact(self, path: Path, folder: str | None = None) -> None:
        """Copy a file, or a folder with all in it, to the run's artifacts, into their `folder`."""
        self._keep(lambda record: record.log_artifact(path, folder), path)

    def log_dataset(self, path: Path, name: str, context: str) -> None:
        """Record the file that the run reads as `context` (training, validation, test), by the MD5 of its bytes."""
        self._tell(lambda record: record.log_dataset(path, name, context), path)

    def log_onnx(self, path: Path, examples: Mapping[str, np.ndarray]) -> None:
        """Record the ONNX model `path` as a logged model with a signature.

        Args:
            path: The model; its file's name without suffix becomes the model's name.
            examples: For each input some values, the batch along the first axis. They and the model's answers to
                them give the signature: names, dtypes, and shapes with an open batch.
        """
        self._keep(lambda record: record.log_onnx(path, examples), path)

    def register(self, name: str, tags: Mapping[str, str], figures: Mapping[str, float], description: str) -> None:
        """Make the model that `log_onnx` recorded the next version of the registered model `name`.

        Args:
            name: Of the registered model, which is created where it is missing.
            tags: Of the version, besides those of the run that lead to its revision.
            figures: Tags and metrics of the version.
            description: In words, for people.
        """

        def call(record: "Record") -> None:
            version = record.register(name, tags, figures, description)
            hint = f"; `pysar promote {version}` compares it" if name == _PROMOTED else ""
            logger.info("registered as version %s of %s%s", version, name, hint)

        self._tell(call)

    def begin(self, stage: str, run_id: str | None, root: Path, name: str | None, more: Mapping[str, str]) -> None:
        """Open the store and the run; `track` calls it."""
        try:
            # Imported here because it takes four seconds and reads the environment that `track` sets before.
            from src.models import mlflow_store  # noqa: PLC0415  # MLflow takes four seconds to import

            client, experiment_id = mlflow_store.open_store(self._uri, root)
            tags = {**lineage.run_tags(stage), **more}
            name = name or "-".join(filter(None, [stage, tags.get("dvc.exp_name")]))
            self._record = mlflow_store.begin_run(client, experiment_id, name, tags, run_id)
            self.run_id = self._record.run_id
        except Exception as error:  # noqa: BLE001 - the training must not fail because of its records
            self._give_up(error)

    def end(self, error: BaseException | None) -> None:
        """Close the run as FINISHED, FAILED or KILLED, by the exception that ended it; `track` calls it."""
        self._tell(lambda record: record.end(interruption.end_status(error)))

    def _keep(self, call: "Callable[[Record], None]", path: Path) -> None:
        if not self._artifacts_are_away:
            self._tell(call, path)

    def _tell(self, call: "Callable[[Record], None]", path: Path | None = None) -> None:
        if self._record is None:
            return
        if path is not None and not path.exists():
            self._refuse(f"{path}: no such file")
            return
        try:
            call(self._record)
        except Exception as error:  # noqa: BLE001 - the training must not fail because of its records
            if getattr(error, "error_code", None) == "INVALID_PARAMETER_VALUE":
                self._refuse(short_reason(error, self._uri))
            elif type(error).__module__.partition(".")[0] in _ARTIFACT_CLIENTS:
                self._go_on_without_artifacts(error)
            else:
                self._give_up(error)

    def _refuse(self, reason: str) -> None:
        if reason not in self._refusals:  # once, not once an epoch
            self._refusals.add(reason)
            logger.warning("MLflow did not take one record (%s); the rest is still recorded", reason)

    def _go_on_without_artifacts(self, error: Exception) -> None:
        self._artifacts_are_away = True
        logger.warning(
            "MLflow's place for artifacts is away (%s): the run goes on without them, their files stay on disk",
            short_reason(error, self._uri),
        )

    def _give_up(self, error: Exception) -> None:
        self._record = None
        logger.warning(
            "MLflow at %s is away (%s): training goes on untracked, its curves are kept on disk",
            hide_login(self._uri, self._uri),
            short_reason(error, self._uri),
        )


@contextmanager
def track(
    stage: str, run_id: str | None = None, *, name: str | None = None, tags: Mapping[str, str] = _NONE
) -> Iterator[TrackedRun]:
    """Record a stage as an MLflow run: FINISHED, FAILED on an exception, KILLED on SIGTERM or Ctrl-C.

    The store is MLFLOW_TRACKING_URI or, where that is not set, `mlflow.db` and `mlartifacts/` at the repository's
    root. The run is tagged as `src.models.lineage.run_tags` says. SIGTERM ends the block by `SystemExit(143)`,
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
    run = TrackedRun(store_uri(root))
    try:
        with interruption.sigterm_as_exit():
            run.begin(stage, run_id, root, name, tags)
            yield run
    except BaseException as error:
        run.end(error)
        raise
    run.end(None)
