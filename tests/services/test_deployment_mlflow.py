"""What an operator may rely on from deploy/: MLflow stands behind nginx, and keeps in PostgreSQL and S3."""

from pathlib import Path

import httpx
import psycopg
import pytest

from deploy.accounts import BUCKETS, USER
from src.tracking.tracking import track
from tests.services.deployment import WAIT_SECONDS, Deployment
from tests.services.s3 import Endpoint

pytestmark = pytest.mark.filterwarnings("default")  # of MLflow and boto3, at each other
MODELS = BUCKETS["mlflow"]


def test_a_run_s_figures_and_artifacts_go_through_nginx_to_postgresql_and_s3(
    mlflow: httpx.Client,
    running: Deployment,
    database: str,
    store_owner: Endpoint,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", str(mlflow.base_url))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", f"{WAIT_SECONDS:.0f}")  # training's own patience is short
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", USER)
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", (running.secrets / "mlflow_password").read_text().strip())
    with track("evaluate") as run:
        run.log_metrics({"loss": 0.5}, 0)
        run.log_artifact(Path(__file__), "sources")
    stored = mlflow.get("/api/2.0/mlflow/runs/get", params={"run_id": run.run_id or ""}).json()["run"]
    assert stored["info"]["status"] == "FINISHED"
    ours = {each["key"]: each["value"] for each in stored["data"]["metrics"] if not each["key"].startswith("system/")}
    assert ours == {"loss": 0.5}
    kept = {key: value for key, value in store_owner.objects(MODELS).items() if run.run_id and run.run_id in key}
    assert list(kept.values()) == [Path(__file__).read_bytes()]
    assert all(key.startswith("artifacts/") for key in kept)
    with psycopg.connect(f"{database}/mlflow") as rows:
        assert rows.execute("SELECT status FROM runs WHERE run_uuid = %s", [run.run_id]).fetchall() == [("FINISHED",)]


def test_mlflow_answers_to_its_own_hosts_only(mlflow: httpx.Client) -> None:
    path = "/api/2.0/mlflow/experiments/get?experiment_id=0"
    foreign = mlflow.get(path, headers={"Host": "rebound.example"})
    assert (foreign.status_code, foreign.text[:19]) == (403, "Invalid Host header")
    assert mlflow.get(path).status_code == 200
    assert mlflow.get(path, headers={"Host": "localhost:5000"}).status_code == 200


def test_mlflow_wants_the_password(mlflow: httpx.Client) -> None:
    assert mlflow.get("/", auth=("pysar", "wrong")).status_code == 401
    assert httpx.get(mlflow.base_url).status_code == 401
