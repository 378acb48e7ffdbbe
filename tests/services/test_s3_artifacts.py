"""MLflow's artifacts in a bucket, with the runs in a database that this process opens itself."""

from pathlib import Path

import boto3
import numpy as np
import onnx
import pytest
from mlflow import MlflowClient
from mlflow.store.artifact import s3_artifact_repo
from onnx import TensorProto, helper

from src.tracking.mlflow_store import open_store
from src.tracking.tracking import TrackedRun, track
from tests.free_port import free_port
from tests.services.s3 import REGION, Endpoint
from tests.tracking.tracked import one_warning, stored

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy, MLflow and boto3, at each other


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One for all tests here, for making one takes seconds; each test has an experiment of its own."""
    folder = tmp_path_factory.mktemp("database")
    open_store(f"sqlite:///{folder}/mlflow.db", folder)
    return f"sqlite:///{folder}/mlflow.db"


@pytest.fixture(autouse=True)
def settings(s3: Endpoint, bucket: str, database: str, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {
        "MLFLOW_TRACKING_URI": database,
        "MLFLOW_EXPERIMENT_NAME": workspace.name,
        "MLFLOW_DEFAULT_ARTIFACT_ROOT": f"s3://{bucket}/runs",
        "MLFLOW_S3_ENDPOINT_URL": s3.url,
        "AWS_ACCESS_KEY_ID": s3.access_key_id,
        "AWS_SECRET_ACCESS_KEY": s3.secret_access_key,
        "AWS_DEFAULT_REGION": REGION,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    # MLflow's clients and boto3's session keep the credentials that they were made with.
    s3_artifact_repo._cached_get_s3_client.cache_clear()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 2]) for name in ("image", "logits")]
    graph = helper.make_graph([helper.make_node("Relu", ["image"], ["logits"])], "relu", value[:1], value[1:])
    path = tmp_path / "pysar.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def train(model: Path) -> TrackedRun:
    with track("evaluate") as run:
        run.log_metrics({"loss": 1.0}, 0)
        run.log_artifact(Path(__file__), "sources")
        run.log_onnx(model, {"image": np.ones((1, 2), np.float32)})
        run.log_artifact(Path(__file__), "again")
        run.log_metrics({"loss": 0.5}, 1)
    return run


def test_artifacts_and_models_land_in_the_bucket_and_come_back_with_the_same_bytes(
    s3: Endpoint, bucket: str, database: str, model: Path, workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run = train(model)
    objects = s3.objects(bucket)
    assert objects[f"runs/{run.run_id}/artifacts/sources/{Path(__file__).name}"] == Path(__file__).read_bytes()
    kept = [value for key, value in objects.items() if key.endswith(".onnx")]
    assert kept == [model.read_bytes()]
    client, target = MlflowClient(database), tmp_path_factory.mktemp("copies")
    copy = client.download_artifacts(run.run_id or "", f"sources/{Path(__file__).name}", str(target))
    assert Path(copy).read_bytes() == Path(__file__).read_bytes()
    assert list(workspace.iterdir()) == [model]


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("MLFLOW_DEFAULT_ARTIFACT_ROOT", "s3://nowhere/runs", "to nowhere/"),
        ("AWS_SECRET_ACCESS_KEY", "wrong", "Check your key"),
        ("AWS_ACCESS_KEY_ID", "wrong", "The AWS Access Key Id you provided does not exist"),
        ("MLFLOW_S3_ENDPOINT_URL", "http://127.0.0.1:<closed>", "Could not connect to the endpoint URL"),
    ],
    ids=["no such bucket", "wrong secret", "unknown id", "endpoint away"],
)
def test_a_bucket_that_is_away_costs_one_warning_and_the_artifacts_but_no_figure(
    variable: str, value: str, reason: str,
    database: str, model: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    monkeypatch.setenv(variable, value.replace("<closed>", str(free_port())))
    run = train(model)
    message = one_warning(caplog)
    assert message.startswith("MLflow's place for artifacts is away (")
    assert reason in message
    assert message.endswith("the run goes on without them, their files stay on disk")
    client = MlflowClient(database)
    assert stored(client, run).info.status == "FINISHED"
    assert len(client.get_metric_history(run.run_id or "", "loss")) == 2


def test_a_relative_place_starts_at_the_root_not_at_the_working_folder(
    model: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_DEFAULT_ARTIFACT_ROOT", "kept/here")
    (workspace / "temporary").mkdir()
    monkeypatch.chdir(workspace / "temporary")
    run = train(model)
    assert (workspace / "kept/here" / (run.run_id or "") / "artifacts/sources" / Path(__file__).name).is_file()
