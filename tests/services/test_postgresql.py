import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import mlflow.store.db.utils
import pytest
from mlflow import MlflowClient

from src.tracking.mlflow_store import open_store
from src.tracking.tracking import TrackedRun, track
from tests.services.postgresql import USER, Cluster
from tests.tracking.tracked import one_warning, stored

pytestmark = [
    pytest.mark.usefixtures("workspace"),
    pytest.mark.filterwarnings("default"),  # of SQLAlchemy and MLflow, at each other
]
FORK = multiprocessing.get_context("fork")  # MLflow is imported already: only the database is raced for


@pytest.fixture
def store(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", postgresql)
    return postgresql


def train(epochs: int = 3) -> TrackedRun:
    with track("pretrain") as run:
        run.log_params({"seed": 1})
        for epoch in range(epochs):
            run.log_metrics({"loss": 1.0 / (epoch + 1)}, epoch)
        run.log_artifact(Path(__file__), "sources")
    return run


def test_a_database_keeps_runs_and_the_root_their_artifacts(store: str, workspace: Path) -> None:
    run = train()
    client = MlflowClient(store)
    found = stored(client, run)
    assert (found.info.status, found.data.params) == ("FINISHED", {"seed": "1"})
    history = client.get_metric_history(found.info.run_id, "loss")
    assert [(metric.step, metric.value) for metric in history] == [(0, 1.0), (1, 0.5), (2, 1 / 3)]
    kept = workspace / "mlartifacts" / found.info.run_id / "artifacts" / "sources" / Path(__file__).name
    assert kept.read_bytes() == Path(__file__).read_bytes()


def test_four_processes_make_the_tables_at_once(store: str) -> None:
    start = FORK.Barrier(4)

    def stage(number: int) -> None:
        start.wait()
        with track("pretrain") as run:
            run.log_params({"number": number})
        if run.run_id is None:
            raise RuntimeError

    processes = [FORK.Process(target=stage, args=(number,)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    client = MlflowClient(store)
    experiment = client.get_experiment_by_name("pysar")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    assert {run.data.params["number"] for run in runs} == {"0", "1", "2", "3"}
    assert {run.info.status for run in runs} == {"FINISHED"}


def test_a_process_killed_while_it_makes_the_tables_leaves_a_database_that_the_next_can_use(store: str) -> None:
    def stage() -> None:
        mlflow.store.db.utils._upgrade_db = lambda _engine: os.kill(os.getpid(), signal.SIGKILL)
        open_store(store, Path())

    process = FORK.Process(target=stage)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert stored(MlflowClient(store), train()).info.status == "FINISHED"


def test_a_restart_of_the_server_between_two_epochs_costs_nothing(
    store: str, cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    with track("pretrain") as run:
        run.log_metrics({"loss": 1.0}, 0)
        cluster.stop()
        cluster.start()
        run.log_metrics({"loss": 0.5}, 1)
    assert caplog.messages == []
    assert stored(MlflowClient(store), run).info.status == "FINISHED"
    assert len(MlflowClient(store).get_metric_history(run.run_id or "", "loss")) == 2


def test_a_server_that_stops_costs_one_warning_and_no_record_once_it_is_back(
    store: str, cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    curve: list[float] = []
    with track("pretrain") as run:
        for epoch in range(20):
            if epoch == 2:
                cluster.stop()
            curve.append(1.0 / (epoch + 1))
            run.log_metrics({"loss": curve[-1]}, epoch)
        cluster.start()
        run.log_metrics({"loss": 0.0}, 20)
    assert len(curve) == 20
    message = one_warning(caplog)
    assert message.startswith(f"MLflow at postgresql://127.0.0.1:{cluster.port}/")
    assert "training goes on untracked, its curves are kept on disk" in message
    assert len(MlflowClient(store).get_metric_history(run.run_id or "", "loss")) == 21


def test_a_database_that_is_away_is_named_in_one_warning(
    store: str, cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.stop()
    try:
        assert train().run_id is None
    finally:
        cluster.start()
    message = one_warning(caplog)
    assert f"MLflow at postgresql://127.0.0.1:{cluster.port}/" in message
    assert "Connection refused" in message


@pytest.mark.parametrize(
    "address",
    [
        lambda cluster: cluster.url("postgres", "wrong"),
        lambda cluster: f"postgresql://127.0.0.1:{cluster.port}/postgres?user={USER}&password=wrong",
    ],
    ids=["before the host", "in the query"],
)
def test_a_wrong_password_is_refused_and_not_shown(
    address: Callable[[Cluster], str],
    cluster: Cluster,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address(cluster))
    assert train().run_id is None
    message = one_warning(caplog)
    assert 'password authentication failed for user "pysar"' in message
    assert "wrong" not in message


def test_a_database_that_does_not_exist_is_named(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", cluster.url("nowhere"))
    assert train().run_id is None
    assert 'database "nowhere" does not exist' in one_warning(caplog)
