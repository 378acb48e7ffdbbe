import socket
from pathlib import Path

import pytest
from mlflow import MlflowClient

from src.tracking.tracking import TrackedRun, track
from tests.free_port import free_port
from tests.full_disk import largest_file
from tests.tracking.tracked import one_warning

pytestmark = [
    pytest.mark.usefixtures("workspace"),
    pytest.mark.filterwarnings("default"),  # of SQLAlchemy and MLflow, at each other
]


def train_away() -> TrackedRun:
    """A stage that tells everything it can; MLflow is away."""
    with track("pretrain") as run:
        run.log_params({"a": 1})
        for epoch in range(3):
            run.log_metrics({"loss": 1.0}, epoch)
        run.log_artifact(Path(__file__))
    return run


def test_a_full_disk_costs_the_records_and_one_warning(client: MlflowClient, caplog: pytest.LogCaptureFixture) -> None:
    assert client.search_experiments()
    with largest_file(64 * 1024):
        run = train_away()
    assert "is away" in one_warning(caplog)
    assert run.run_id is None


def test_a_database_that_is_none_costs_the_records_and_one_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "mlflow.db"
    broken.write_bytes(b"not a database" * 100)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    train_away()
    message = one_warning(caplog)
    assert "mlflow.db" in message
    assert "curves are kept on disk" in message
    assert broken.read_bytes() == b"not a database" * 100
    assert capfd.readouterr().out == ""


def test_a_deleted_experiment_is_named_in_the_warning(
    monkeypatch: pytest.MonkeyPatch, client: MlflowClient, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "old")
    client.delete_experiment(client.create_experiment("old"))
    train_away()
    assert "experiment 'old' is deleted: restore it" in one_warning(caplog)


def test_a_server_that_was_never_there_costs_one_warning_without_the_password(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://writer:secret@127.0.0.1:{port}")
    assert train_away().run_id is None
    message = one_warning(caplog)
    assert message.startswith(f"MLflow at http://127.0.0.1:{port} is away")
    assert "secret" not in message


def test_a_server_that_never_answers_is_left_after_the_timeout(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
        train_away()
    assert "is away" in one_warning(caplog)
