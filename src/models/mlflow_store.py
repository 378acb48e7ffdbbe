"""Where MLflow keeps the runs: the default SQLite store, made so that nothing breaks it, or a server.

Only `MlflowClient` is used: MLflow's fluent functions keep the active run and the store's address in globals and in
the environment, where the next run of the same process and every child process would find them.
"""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

import mlflow.store.db.utils
from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.exceptions import MlflowException

from src.models.mlflow_records import Record

ARTIFACTS = "mlartifacts"
EXPERIMENT = "pysar"
LOCK_SECONDS = 120.0

_DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
"""Schemes of stores that this process opens itself; an address of any other kind is a server's."""


def open_store(uri: str, root: Path) -> tuple[MlflowClient, str]:
    """Open the store at `uri`, creating an SQLite database and the experiment where they are missing.

    Args:
        uri: Address of the store.
        root: Absolute folder that keeps the artifacts of an experiment created here; a server keeps its own.

    Returns:
        The client, and the id of the experiment (MLFLOW_EXPERIMENT_NAME, or `pysar`).

    Raises:
        MlflowException: The store does not answer, refuses, is of another MLflow, or its experiment is deleted.
        OSError: The store's folder cannot be written, or its lock is held for two minutes.
    """
    _silence()
    if not uri.startswith("sqlite:///"):
        client = MlflowClient(uri)
        return client, _experiment(client, uri, root)
    file = Path(uri.removeprefix("sqlite:///"))
    file.parent.mkdir(parents=True, exist_ok=True)
    # MLflow migrates a new database step by step, and two processes at it break each other.
    with FileLock(f"{file}.lock", timeout=LOCK_SECONDS):
        if not file.exists():
            _create_database(file)
        client = MlflowClient(uri)
        return client, _experiment(client, uri, root)


def begin_run(
    client: MlflowClient, experiment_id: str, name: str, tags: Mapping[str, str], run_id: str | None = None
) -> Record:
    """Continue the run `run_id` with these tags, or begin a new one where it is unknown, deleted or None.

    Raises:
        MlflowException: The store does not answer or refuses.
    """
    found = _find_run(client, run_id) if run_id else None
    run = found or client.create_run(experiment_id, run_name=name)
    record = Record(client, run.info.run_id)
    if found:
        client.update_run(record.run_id, status="RUNNING")
    record.set_tags(tags)
    return record


def _silence() -> None:
    """Keep MLflow's notes of migrations and retries to itself, and its retries short."""
    if "MLFLOW_LOGGING_LEVEL" not in os.environ:
        for name in ("mlflow", "alembic", "urllib3.connectionpool"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
    # Ten tries of a database that cannot be opened would hold up the training for 100 seconds.
    mlflow.store.db.utils.MAX_RETRY_COUNT = 3


def _create_database(file: Path) -> None:
    """Migrate a database beside `file`, then rename: a kill half-way would leave one that MLflow can never open."""
    temporary = file.with_name(f"{file.name}.tmp")
    parts = [temporary, file.with_name(f"{temporary.name}-journal")]
    try:
        for part in parts:
            part.unlink(missing_ok=True)
        MlflowClient(f"sqlite:///{temporary}").search_experiments(max_results=1)
        temporary.replace(file)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _experiment(client: MlflowClient, uri: str, root: Path) -> str:
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        # Without a place MLflow keeps artifacts under the working folder, which `--temp` throws away.
        place = (root / ARTIFACTS).as_uri() if uri.startswith(_DATABASES) else None
        try:
            return client.create_experiment(name, artifact_location=place)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            experiment = client.get_experiment_by_name(name)  # another process was faster
    if experiment is None or experiment.lifecycle_stage != "active":
        message = f"experiment {name!r} is deleted: restore it, or set MLFLOW_EXPERIMENT_NAME"
        raise MlflowException(message)
    return experiment.experiment_id


def _find_run(client: MlflowClient, run_id: str) -> Run | None:
    try:
        run = client.get_run(run_id)
    except MlflowException as error:
        if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
            return None
        raise
    return run if run.info.lifecycle_stage == "active" else None
