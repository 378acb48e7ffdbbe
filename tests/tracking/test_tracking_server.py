import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import numpy as np
import pytest
from mlflow import MlflowClient

from src.prediction.model_file import RELEASED
from src.prediction.registered import check_version
from src.registry.decision import Stamp
from src.registry.open_registry import open_registry
from src.registry.promotion import promote, roll_back
from src.tracking.mlflow_store import open_store
from src.tracking.tracking import track
from tests.free_port import free_port
from tests.models.tiny_model import EXAMPLES
from tests.tracking.tracked import one_warning
from tests.tracking.versions import TAGS, right_answers

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other

START_SECONDS = 120.0


class Server:
    """A real MLflow server on a free port of this machine, with its own database and artifacts."""

    def __init__(self, folder: Path) -> None:
        port = str(free_port())
        self.uri = f"http://127.0.0.1:{port}"
        store = f"sqlite:///{folder}/mlflow.db"
        open_store(store, folder)
        command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", port, "--workers", "1"]
        command += ["--backend-store-uri", store, "--artifacts-destination", str(folder / "kept")]
        # Without its eight processes for jobs, which we do not use, it starts in a third of the time.
        environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.uri}/health", timeout=2).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                time.sleep(0.2)
        pytest.fail(f"the server did not start: {self.log.read_text()}")

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)  # the group is its own: start_new_session
            self.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"))
    try:
        server.wait()
        yield server
    finally:
        server.kill()


@pytest.fixture(autouse=True)
def workspace(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("DVC_", "MLFLOW_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server.uri)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "pysar-server")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_server_keeps_runs_and_artifacts_and_nothing_is_written_here(
    server: Server, workspace: Path, tmp_path_factory: pytest.TempPathFactory, capfd: pytest.CaptureFixture[str]
) -> None:
    figure = tmp_path_factory.mktemp("figures") / "curves.png"
    figure.write_bytes(b"picture")
    with track("finetune") as run:
        run.log_params({"seed": 1})
        run.log_metrics({"loss": float(np.float32(0.5))}, 3)
        run.log_artifact(figure, "figures")
    with track("finetune", run.run_id) as again:
        again.log_metrics({"loss": 0.25}, 4)
    assert again.run_id == run.run_id
    client = MlflowClient(server.uri)
    found = client.get_run(run.run_id or "")
    assert client.get_experiment(found.info.experiment_id).name == "pysar-server"
    own = {name: value for name, value in found.data.metrics.items() if not name.startswith("system/")}
    assert (found.info.status, found.data.params, own) == ("FINISHED", {"seed": "1"}, {"loss": 0.25})
    assert found.data.tags["dvc.stage"] == "finetune"
    copy = Path(client.download_artifacts(found.info.run_id, "figures/curves.png", str(figure.parent)))
    assert copy.read_bytes() == b"picture"
    assert list(workspace.iterdir()) == []
    assert capfd.readouterr().out == ""


def test_a_server_keeps_the_registry_and_its_champion(
    server: Server, workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made = tmp_path_factory.mktemp("made")
    (made / "calibrate").mkdir()
    shutil.copy(RELEASED, made)
    for wrong in (range(20), range(10)):
        right_answers(wrong).to_csv(made / "calibrate/out_of_fold.csv", index=False)
        with track("evaluate") as run:
            run.log_artifact(made / "calibrate")
            run.log_onnx(made / RELEASED.name, EXAMPLES)
            run.register("pysar", TAGS, {"label": 0.5})
    with open_registry(workspace) as registry:
        stamp, check = Stamp("now", "tester"), partial(check_version, registry, root=made)
        assert [promote(registry, number, 0.05, stamp, check).action for number in "12"] == ["promoted"] * 2
        champion = registry.version("champion")
        assert (str(champion.version), champion.run_id) == ("2", run.run_id)
        assert roll_back(registry, stamp, check).version == "1"
    source = MlflowClient(server.uri).get_model_version_download_uri("pysar", "2")
    assert source.startswith("mlflow-artifacts:")
    assert list(workspace.iterdir()) == []


# The last test of this module: it kills the server.
def test_training_goes_on_with_one_warning_when_the_server_dies(
    server: Server, workspace: Path, caplog: pytest.LogCaptureFixture
) -> None:
    curve: list[float] = []
    with track("pretrain") as run:
        for epoch in range(20):
            if epoch == 2:
                server.kill()
            curve.append(1.0 / (epoch + 1))
            run.log_metrics({"loss": curve[-1]}, epoch)
        run.log_artifact(workspace)
        run.log_onnx(workspace, {})
    assert len(curve) == 20
    assert run.run_id is not None
    warning = one_warning(caplog)
    assert warning.startswith(f"MLflow at {server.uri} is away")
    assert "training goes on untracked, its curves are kept on disk" in warning
