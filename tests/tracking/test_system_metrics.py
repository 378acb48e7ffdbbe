"""What the machine does is recorded with a run, and can neither fail a stage nor be lost while MLflow is away."""

import time
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.system_metrics.metrics import cpu_monitor

from src.tracking.system_metrics import SystemMetrics
from src.tracking.tracking import track
from tests.full_disk import largest_file
from tests.tracking.tracked import one_warning, stored

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other
CPU = "system/cpu_utilization_percentage"
MEMORY = "system/system_memory_usage_megabytes"


@pytest.fixture(autouse=True)
def measured(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Points every 50 ms."""
    monkeypatch.setenv("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "true")
    monkeypatch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "0.05")


def wait_for_points(measuring: SystemMetrics, count: int) -> int:
    """Return how many points there are, at least `count`."""
    found, until = 0, time.monotonic() + 60
    while found < count:
        assert time.monotonic() < until
        found += len(measuring.take())
        time.sleep(0.01)
    return found


def test_a_short_stage_has_a_point_too(monkeypatch: pytest.MonkeyPatch, client: MlflowClient) -> None:
    monkeypatch.delenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL")
    with track("pretrain") as run:
        run.log_metrics({"loss": 1.0}, 0)
    metrics = stored(client, run).data.metrics
    assert 0 <= metrics[CPU] <= 100
    assert metrics[MEMORY] > 1
    assert metrics["loss"] == 1.0


def test_points_come_along_with_what_the_stage_tells_and_a_continued_run_adds_to_them(client: MlflowClient) -> None:
    with track("pretrain") as first:
        time.sleep(0.3)
        first.log_metrics({"loss": 1.0}, 0)
        early = client.get_metric_history(first.run_id or "", CPU)
        assert early
    with track("pretrain", first.run_id) as second:
        time.sleep(1.1)
    points = client.get_metric_history(second.run_id or "", CPU)
    assert len(points) > len(early)
    steps = [point.step for point in sorted(points, key=lambda point: point.timestamp)]
    assert steps == sorted(steps)
    assert steps[-1] >= 1  # seconds since the run began, not since it was continued


def test_what_was_measured_while_mlflow_was_away_is_told_when_it_is_back(
    client: MlflowClient, caplog: pytest.LogCaptureFixture
) -> None:
    with track("pretrain") as run:
        run.log_metrics({"loss": 1.0}, 0)
        before = len(client.get_metric_history(run.run_id or "", CPU))
        with largest_file(64 * 1024):
            began = time.time_ns() // 1_000_000
            for epoch in range(1, 6):
                time.sleep(0.1)
                run.log_metrics({"loss": 1.0}, epoch)
            ended = time.time_ns() // 1_000_000
        assert len(client.get_metric_history(run.run_id or "", CPU)) == before
    points = client.get_metric_history(run.run_id or "", CPU)
    assert [point for point in points if began <= point.timestamp <= ended]
    assert "is away" in one_warning(caplog)


def test_a_monitor_that_breaks_costs_one_warning_and_no_stage(
    monkeypatch: pytest.MonkeyPatch, client: MlflowClient, caplog: pytest.LogCaptureFixture
) -> None:
    calls = iter([None])

    def collect(_: object) -> None:
        if next(calls, "no more") == "no more":
            message = "no such\nsensor"
            raise OSError(message)

    monkeypatch.setattr(cpu_monitor.CPUMonitor, "collect_metrics", collect)
    with track("pretrain") as run:
        run.log_metrics({"loss": 1.0}, 0)
    assert "what the machine does is not recorded any more: no such sensor" in one_warning(caplog)
    assert stored(client, run).info.status == "FINISHED"


def test_what_does_not_work_on_a_machine_is_left_out(monkeypatch: pytest.MonkeyPatch, client: MlflowClient) -> None:
    def collect(_: object) -> None:
        raise OSError

    monkeypatch.setattr(cpu_monitor.CPUMonitor, "collect_metrics", collect)
    with track("pretrain") as run:
        pass
    metrics = stored(client, run).data.metrics
    assert CPU not in metrics
    assert "system/disk_usage_percentage" in metrics


def test_an_interval_that_is_no_number_costs_one_warning(
    monkeypatch: pytest.MonkeyPatch, client: MlflowClient, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL", "often")
    with track("pretrain") as run:
        pass
    assert "often" in one_warning(caplog)
    assert stored(client, run).info.status == "FINISHED"


def test_it_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, client: MlflowClient) -> None:
    monkeypatch.setenv("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "false")
    with track("pretrain") as run:
        run.log_metrics({"loss": 1.0}, 0)
    assert stored(client, run).data.metrics == {"loss": 1.0}


def test_nothing_is_measured_after_the_end() -> None:
    measuring = SystemMetrics()
    measuring.start()
    assert wait_for_points(measuring, 2) >= 2
    measuring.stop()
    assert len(measuring.take()) >= 1  # the last one
    time.sleep(0.2)
    assert measuring.take() == []
