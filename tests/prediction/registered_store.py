"""A repository with a registry in it, whose versions have the contents that a test gives."""

from pathlib import Path

from mlflow import MlflowClient

from src.registry.registry import Registry
from src.tracking.mlflow_store import open_store


def make_repository(root: Path) -> Registry:
    """Make a folder look like the project's root, with a registered model that has no version."""
    for name in ("dvc.yaml", "params.yaml"):
        (root / name).touch()
    client, _ = open_store(f"sqlite:///{root}/mlflow.db", root)
    client.create_registered_model("pysar")
    return Registry(client)


def register(registry: Registry, root: Path, content: bytes) -> str:
    """Register a model file, and return its version's number."""
    client: MlflowClient = registry.client
    experiment = client.get_experiment_by_name("pysar")
    assert experiment is not None
    model = root / "model.onnx"
    model.write_bytes(content)
    run = client.create_run(experiment.experiment_id)
    client.log_artifact(run.info.run_id, str(model))
    return str(client.create_model_version("pysar", run.info.artifact_uri or "", run.info.run_id).version)
