"""Where MLflow keeps the runs: the default SQLite store, made so that nothing breaks it, or a server.

Only `MlflowClient` is used: MLflow's fluent functions keep the active run and the store's address in globals and in
the environment, where the next run of the same process and every child process would find them.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import mlflow.store.db.utils
from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import Run, RunStatus
from mlflow.exceptions import MlflowException
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from src.tracking.lineage import EXPERIMENT_TAG
from src.tracking.mlflow_records import Record
from src.tracking.moved_store import ARTIFACTS, follow_checkout
from src.tracking.store_address import sqlite_address, sqlite_file

ARTIFACTS_VARIABLE = "MLFLOW_DEFAULT_ARTIFACT_ROOT"
"""MLflow's server takes its place for artifacts from it, and so does this process where it opens a database itself."""
EXPERIMENT = "pysar"
EXPERIMENT_TAGS = {
    "mlflow.experimentKind": "custom_model_development",  # without it the page takes it for GenAI's
    "mlflow.note.content": (
        "Runs of Pysar's stages: `pretrain` and `finetune` with their curves, `evaluate` with the figures on the test "
        "rows. Group by `dvc.repro` to see which belong together, or by `dvc.exp_name` to compare experiments."
    ),
}
LOCK_SECONDS = 120.0

_DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
"""Schemes of stores that this process opens itself; an address of any other kind is a server's."""

_LOCK_NUMBER = 0x7079736172
"""Of the lock in PostgreSQL, where each use of such locks takes a number of its own: `pysar` in ASCII."""


def open_store(uri: str, root: Path) -> tuple[MlflowClient, str]:
    """Open the store at `uri`, creating an SQLite database, tables and the experiment where they are missing.

    Args:
        uri: Address of the store.
        root: Absolute folder where the artifacts of an experiment created here lie, in `mlartifacts/` or, where it
            is set, at MLFLOW_DEFAULT_ARTIFACT_ROOT: a path, or an address such as `s3://bucket/folder`, which several
            machines at one database need. An experiment keeps its place; a server chooses its own.

    Returns:
        The client, and the id of the experiment (MLFLOW_EXPERIMENT_NAME, or `pysar`).

    Raises:
        MlflowException: The store does not answer, refuses, is of another MLflow, or its experiment is deleted.
        WorkError: The SQLite file is no database, or is held by another process.
        OSError: The store's folder cannot be written, or its lock is held for two minutes.
    """
    _silence()
    # MLflow migrates a new database step by step, and two processes at it break each other.
    with _lock(uri):
        file = sqlite_file(uri)
        if file is not None:
            follow_checkout(file, root)
        client = MlflowClient(uri)
        return client, _experiment(client, uri, root)


def begin_run(
    client: MlflowClient, experiment_id: str, name: str, tags: Mapping[str, str], run_id: str | None = None
) -> Record:
    """Continue the run `run_id` with these tags, or begin a new one where it is unknown, deleted or None.

    A run of another experiment of DVC's is not continued either, or that experiment would not be found any more: it
    is closed as KILLED, for whoever continues it knows that its process is dead.

    Raises:
        MlflowException: The store does not answer or refuses.
    """
    found = _find_run(client, run_id) if run_id else None
    if found and found.data.tags.get(EXPERIMENT_TAG) != tags.get(EXPERIMENT_TAG):
        if not RunStatus.is_terminated(RunStatus.from_string(found.info.status)):
            client.set_terminated(found.info.run_id, "KILLED")
        found = None
    if found is None:
        # At once, with its tags: a run half-begun would be nobody's.
        return Record(client, client.create_run(experiment_id, run_name=name, tags=dict(tags)).info.run_id)
    record = Record(client, found.info.run_id)
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


@contextmanager
def _lock(uri: str) -> Iterator[None]:
    """Keep other processes, in PostgreSQL also those of other machines, from opening the store."""
    file = sqlite_file(uri)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock", timeout=LOCK_SECONDS):
            if not file.exists():
                _create_database(file)
            yield
    elif uri.startswith("postgresql"):
        with _postgresql_lock(uri):
            yield
    else:
        yield


@contextmanager
def _postgresql_lock(uri: str) -> Iterator[None]:
    """Hold a lock in the database; it ends with its connection, whatever ends that."""
    engine = create_engine(uri, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_SECONDS:.0f}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK_NUMBER})")
            yield
    except DBAPIError as error:
        raise MlflowException(str(error.orig)) from error  # without SQLAlchemy's advice, which is no help


def _create_database(file: Path) -> None:
    """Migrate a database beside `file`, then rename: a kill half-way would leave one that MLflow can never open."""
    temporary = file.with_name(f"{file.name}.tmp")
    parts = [temporary, file.with_name(f"{temporary.name}-journal")]
    try:
        for part in parts:
            part.unlink(missing_ok=True)
        MlflowClient(sqlite_address(temporary)).search_experiments(max_results=1)
        temporary.replace(file)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _experiment(client: MlflowClient, uri: str, root: Path) -> str:
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME") or EXPERIMENT
    experiment = client.get_experiment_by_name(name)
    if experiment is None:
        # Without a place MLflow keeps artifacts under the working folder, which `--temp` throws away.
        place = _artifact_place(root) if uri.startswith(_DATABASES) else None
        try:
            return client.create_experiment(name, artifact_location=place, tags=EXPERIMENT_TAGS)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            experiment = client.get_experiment_by_name(name)  # another process was faster
    if experiment is None or experiment.lifecycle_stage != "active":
        message = f"experiment {name!r} is deleted: restore it, or set MLFLOW_EXPERIMENT_NAME"
        raise MlflowException(message)
    for tag, value in EXPERIMENT_TAGS.items():
        if tag not in experiment.tags:  # made by an older Pysar; what somebody has written stays
            client.set_experiment_tag(experiment.experiment_id, tag, value)
    return experiment.experiment_id


def _artifact_place(root: Path) -> str:
    given = os.environ.get(ARTIFACTS_VARIABLE) or ARTIFACTS
    return given if "://" in given else (root.resolve() / given).as_uri()


def _find_run(client: MlflowClient, run_id: str) -> Run | None:
    try:
        run = client.get_run(run_id)
    except MlflowException as error:
        if error.error_code in {"RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"}:
            return None
        raise
    return run if run.info.lifecycle_stage == "active" else None
