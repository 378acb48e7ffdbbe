"""What is put into an MLflow run; every error goes to the caller, `src.tracking.tracking`."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mlflow.onnx
import numpy as np
import onnx
import onnxruntime
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModel, LoggedModelOutput, Metric, Param, RunTag
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature, infer_signature
from pydantic import BaseModel

from src.common.digests import file_md5
from src.config.nested import flatten
from src.tracking.lineage import ORIGIN
from src.tracking.outbox import now_in_milliseconds
from src.tracking.run_tags import DESCRIPTION
from src.tracking.system_metrics import Point

BATCH = 100
"""How many parameters or tags MLflow takes in one call."""
METRICS_BATCH = 1000


class Record:
    """One run in one store. Every method raises MlflowException where the store does not answer or refuses."""

    def __init__(self, client: MlflowClient, run_id: str) -> None:
        self.client = client
        self.run_id = run_id
        self._model: LoggedModel | None = None
        self._version: ModelVersion | None = None
        self._started: int | None = None

    def log_params(self, params: Mapping[str, Any] | BaseModel) -> None:
        """Record parameters, flattened, each as text; one that has another value in this run already is refused."""
        entries = [Param(key, str(value)) for key, value in flatten(params).items()]
        for start in range(0, len(entries), BATCH):
            self.client.log_batch(self.run_id, params=entries[start : start + BATCH], synchronous=True)

    def log_metrics(self, metrics: Mapping[str, float], step: int, now: int) -> None:
        """Record metrics at one step and time, in milliseconds, in one call; told twice, they are one point."""
        entries = [Metric(key, float(value), now, step) for key, value in metrics.items()]
        self.client.log_batch(self.run_id, metrics=entries, synchronous=True)

    def log_system(self, points: Sequence[Point]) -> None:
        """Record what the machine did; the step is the second of the run, also of one that is continued."""
        if self._started is None:
            self._started = int(self.client.get_run(self.run_id).info.start_time)
        entries = [
            Metric(f"system/{name}", float(value), point.at, max(point.at - self._started, 0) // 1000)
            for point in points
            for name, value in point.figures.items()
        ]
        for start in range(0, len(entries), METRICS_BATCH):
            self.client.log_batch(self.run_id, metrics=entries[start : start + METRICS_BATCH], synchronous=True)

    def log_curve(self, rows: Sequence[Mapping[str, float]]) -> None:
        """Record the figures of some epochs, `epoch` among them, where the run does not have them yet."""
        known = {
            (name, metric.step)
            for name in set().union(*rows)
            for metric in self.client.get_metric_history(self.run_id, name)
        }
        for row in rows:
            step = int(row["epoch"])
            lacking = {name: value for name, value in row.items() if name != "epoch" and (name, step) not in known}
            if lacking:
                self.log_metrics(lacking, step, now_in_milliseconds())

    def set_tags(self, tags: Mapping[str, str]) -> None:
        """Set tags, over those of the same name."""
        entries = [RunTag(key, str(value)) for key, value in tags.items()]
        for start in range(0, len(entries), BATCH):
            self.client.log_batch(self.run_id, tags=entries[start : start + BATCH], synchronous=True)

    def log_artifact(self, path: Path, folder: str | None) -> None:
        """Copy a file or a folder to the run's artifacts."""
        self.client.log_artifact(self.run_id, str(path), folder)

    def log_text(self, text: str, path: str) -> None:
        """Write a text to an artifact."""
        self.client.log_text(self.run_id, text, path)

    def log_dataset(self, path: Path, name: str, context: str) -> None:
        """Record that the run read the file `path`; the digest is the MD5 of its bytes, as in dvc.lock."""
        source = json.dumps({"uri": path.as_posix()}, ensure_ascii=False)
        profile = json.dumps({"bytes": path.stat().st_size})
        dataset = Dataset(name, file_md5(path), source_type="local", source=source, profile=profile)
        self.client.log_inputs(self.run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", context)])])

    def log_onnx(self, path: Path, examples: Mapping[str, np.ndarray]) -> None:
        """Record an ONNX model, as `mlflow.onnx.log_model` does, under the name of its file.

        By client calls, because the fluent one needs the store's address in a global; and with the requirements
        given, because working them out would load the model in another process, for 5 to 11 s.
        """
        signature = onnx_signature(path, examples)
        run = self.client.get_run(self.run_id)
        logged = self.client.create_logged_model(
            run.info.experiment_id, name=path.stem, source_run_id=self.run_id, params=run.data.params
        )
        description = Model(
            artifact_path=logged.artifact_location,
            run_id=self.run_id,
            model_id=logged.model_id,
            model_uuid=logged.model_id,
        )
        try:
            with tempfile.TemporaryDirectory() as folder:
                target = Path(folder) / "model"
                _save_onnx(path, target, description, signature)
                self.client.log_model_artifacts(logged.model_id, str(target))
            self.client.log_outputs(self.run_id, [LoggedModelOutput(logged.model_id, step=0)])
        except BaseException:
            self.client.finalize_logged_model(logged.model_id, "FAILED")
            raise
        self.client.finalize_logged_model(logged.model_id, "READY")
        self._model = logged

    def register(self, name: str, tags: Mapping[str, str], figures: Mapping[str, float]) -> str:
        """Make the model of `log_onnx` a version of the registered model `name`, and return the version's number."""
        model = self._model
        if model is None:
            raise MlflowException.invalid_parameter_value(f"no model was recorded to be a version of {name}")
        try:
            self.client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        now = now_in_milliseconds()
        metrics = [Metric(key, value, now, 0, model_id=model.model_id) for key, value in figures.items()]
        self.client.log_batch(self.run_id, metrics=metrics, synchronous=True)
        origin = {key: value for key, value in self.client.get_run(self.run_id).data.tags.items() if key in ORIGIN}
        version = self.client.create_model_version(
            name,
            # `models:/<id>` would be looked up in the store of the process's global address.
            source=model.artifact_location,
            run_id=self.run_id,
            model_id=model.model_id,
            tags={**origin, **tags, **{key: f"{value:.6f}" for key, value in figures.items()}},
        )
        self._version = version
        return str(version.version)

    @property
    def version(self) -> str | None:
        """The number of the version that `register` made."""
        return None if self._version is None else str(self._version.version)

    @property
    def model(self) -> str | None:
        """The registered model that it is a version of."""
        return None if self._version is None else str(self._version.name)

    def set_alias(self, alias: str) -> None:
        """Let an alias of the registered model point to the version that `register` made."""
        if self._version is not None:
            self.client.set_registered_model_alias(self._version.name, alias, str(self._version.version))

    def describe(self, text: str) -> None:
        """Say in Markdown what the run is and, where it registered a version, what that is."""
        self.set_tags({DESCRIPTION: text})
        if self._version is not None:
            self.client.update_model_version(self._version.name, str(self._version.version), description=text)

    def end(self, status: str) -> None:
        """Close the run as FINISHED, FAILED or KILLED."""
        self.client.set_terminated(self.run_id, status)


def onnx_signature(path: Path, examples: Mapping[str, np.ndarray]) -> ModelSignature:
    """Run the model on `examples` and return the names, dtypes and shapes of what goes in and comes out.

    Args:
        path: An ONNX file.
        examples: For each input its values, the batch along the first axis, whose length is left open.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    outputs = dict(zip(names, session.run(names, dict(examples)), strict=True))
    return infer_signature(dict(examples), outputs)


def _save_onnx(path: Path, target: Path, description: Model, signature: ModelSignature) -> None:
    mlflow.onnx.save_model(
        onnx.load(path),
        target,
        mlflow_model=description,
        signature=signature,
        pip_requirements=mlflow.onnx.get_default_pip_requirements(),
        onnx_execution_providers=["CPUExecutionProvider"],
        save_as_external_data=False,
    )
