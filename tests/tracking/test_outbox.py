"""What MLflow did not take at once: here its database is locked by another process, or its server is not there yet."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from mlflow import MlflowClient

from src.tracking.tracking import TrackedRun, track
from tests.full_disk import largest_file
from tests.tracking.tracked import one_warning, stored

pytestmark = [
    pytest.mark.usefixtures("workspace"),
    pytest.mark.filterwarnings("default"),  # of SQLAlchemy and MLflow, at each other
]


def curve(client: MlflowClient, run: TrackedRun) -> list[tuple[int, float]]:
    points = client.get_metric_history(run.run_id or "", "loss")
    return sorted((point.step, point.value) for point in points)


@contextmanager
def locked(database: Path, seconds: float) -> Iterator[None]:
    """Hold the database's lock, from the beginning of the block on, for so long."""
    connection = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(seconds, connection.execute, ["ROLLBACK"])
    timer.start()
    try:
        yield
    finally:
        timer.join()
        connection.close()


def test_what_a_full_disk_kept_out_is_told_when_there_is_room_again(
    client: MlflowClient, caplog: pytest.LogCaptureFixture
) -> None:
    with track("finetune") as run:
        run.log_metrics({"loss": 1.0}, 1)
        with largest_file(64 * 1024):
            for epoch in range(2, 8):
                run.log_metrics({"loss": 1 / epoch}, epoch)
        assert len(client.get_metric_history(run.run_id or "", "loss")) == 1
        run.log_metrics({"loss": 1 / 8}, 8)
    assert curve(client, run) == [(epoch, 1 / epoch) for epoch in range(1, 9)]
    assert stored(client, run).info.status == "FINISHED"
    assert "is told again after an epoch, and at the end" in one_warning(caplog)


def test_a_run_begins_late_where_there_was_no_room_for_it(root: Path, client: MlflowClient) -> None:
    with largest_file(64 * 1024):
        tracked = track("finetune")
        run = tracked.__enter__()  # the room comes back while it trains
        run.log_metrics({"loss": 1.0}, 1)
        assert run.run_id is None
    tracked.__exit__(None, None, None)
    assert curve(client, run) == [(1, 1.0)]
    assert stored(client, run).info.status == "FINISHED"


# MLflow waits 20 s itself before it says so.
def test_a_locked_database_is_waited_for_at_the_end(
    root: Path, client: MlflowClient, caplog: pytest.LogCaptureFixture
) -> None:
    with ExitStack() as others, track("finetune") as run:
        run.log_metrics({"loss": 1.0}, 1)
        others.enter_context(locked(root / "mlflow.db", 22.0))
        for epoch in range(2, 15):
            run.log_metrics({"loss": 1 / epoch}, epoch)
    assert curve(client, run) == [(epoch, 1 / epoch) for epoch in range(1, 15)]
    assert stored(client, run).info.status == "FINISHED"
    assert "locked" in one_warning(caplog)


def test_a_continued_run_gets_the_points_that_it_lacks_and_none_twice(client: MlflowClient) -> None:
    rows = [{"epoch": epoch, "loss": 1 / epoch, "accuracy": 0.5} for epoch in range(1, 4)]
    with track("finetune") as first:
        first.log_metrics({"loss": 1.0, "accuracy": 0.5}, 1)
        first.log_metrics({"accuracy": 0.5}, 2)
    with track("finetune", first.run_id) as second:
        second.log_curve(rows)
    assert curve(client, second) == [(epoch, 1 / epoch) for epoch in range(1, 4)]
    assert [metric.step for metric in client.get_metric_history(second.run_id or "", "accuracy")] == [1, 2, 3]


def test_another_experiment_that_goes_on_has_a_run_of_its_own(
    client: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"epoch": epoch, "loss": 1 / epoch} for epoch in range(1, 4)]
    monkeypatch.setenv("DVC_EXP_NAME", "first")
    killed = client.create_run(
        client.create_experiment("killed"), tags={"dvc.exp_name": "first"}
    ).info.run_id  # as a process leaves it that was killed by SIGKILL
    with track("finetune", killed) as same:
        same.log_curve(rows[:1])
    assert same.run_id == killed
    client.update_run(killed, status="RUNNING")
    monkeypatch.setenv("DVC_EXP_NAME", "second")
    with track("finetune", killed) as other:
        other.log_curve(rows)
    assert other.run_id != killed
    assert (client.get_run(killed).info.status, client.get_run(killed).data.tags["dvc.exp_name"]) == ("KILLED", "first")
    assert curve(client, same) == [(1, 1.0)]
    assert curve(client, other) == [(epoch, 1 / epoch) for epoch in range(1, 4)]
