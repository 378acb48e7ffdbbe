"""What a tracked run has left: in the store, and in the log."""

import logging

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from src.tracking.tracking import TrackedRun


def stored(client: MlflowClient, run: TrackedRun) -> Run:
    assert run.run_id is not None
    return client.get_run(run.run_id)


def one_warning(caplog: pytest.LogCaptureFixture) -> str:
    """Return the only warning; that the working folder is in no git repository is not counted."""
    told = (record for record in caplog.records if record.name != "src.tracking.lineage")
    warnings = [record.getMessage() for record in told if record.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert "\n" not in warnings[0]
    return warnings[0]
