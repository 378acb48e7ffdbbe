import logging
from collections.abc import Mapping
from pathlib import Path

import mlflow
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlflow import MlflowClient

from src.config.nested import flatten
from src.tracking.tracking import track
from tests.models.tiny_model import EXAMPLES, tiny_model

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other

KEYS = st.text("abcdefgh_", min_size=1, max_size=5)
NESTED = st.recursive(
    st.integers(), lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=4), max_leaves=12
).filter(lambda value: isinstance(value, dict))


def test_an_onnx_model_comes_back_with_its_signature_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.chdir(tmp_path)  # which is no repository: the run has no origin but what is set below
    tiny_model(tmp_path / "pysar.onnx")
    with track("evaluate") as run:
        run.log_params({"seed": 1})
        run.log_onnx(tmp_path / "pysar.onnx", EXAMPLES)
        run.set_tags({"git.commit": "c0ffee"})
        run.register("pysar", {"corpus": "sample"}, {"label": 0.5})
        run.describe("half of it", {"Errors": "evaluate/errors.png"}, "Of two rows.")
    told = [record for record in caplog.records if record.name != "src.tracking.lineage"]
    assert [record.getMessage() for record in told if record.levelno >= logging.WARNING] == []

    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    outputs = client.get_run(run.run_id or "").outputs
    assert outputs is not None
    logged = client.get_logged_model(outputs.model_outputs[0].model_id)
    assert (logged.name, logged.status, logged.source_run_id) == ("pysar", "READY", run.run_id)
    assert logged.params == {"seed": "1"}
    assert [(metric.key, metric.value) for metric in logged.metrics or []] == [("label", 0.5)]
    folder = tmp_path / "mlartifacts" / "models" / logged.model_id / "artifacts"
    assert (folder / "model.onnx").is_file()
    version = client.get_model_version("pysar", "1")
    assert (version.run_id, version.aliases) == (run.run_id, ["candidate"])
    description = client.get_run(run.run_id or "").data.tags["mlflow.note.content"]
    assert version.description == description
    shown = f"![Errors](get-artifact?path=evaluate%2Ferrors.png&run_uuid={run.run_id})"
    assert [part in description for part in ("half of it", "Of two rows.", shown)] == [True] * 3
    assert version.tags == {"corpus": "sample", "label": "0.500000", "git.commit": "c0ffee"}
    assert client.get_model_version_download_uri("pysar", "1") == folder.as_uri()

    model = mlflow.pyfunc.load_model(str(folder))
    signature = model.metadata.signature
    assert [(tensor.name, tensor.type, tensor.shape) for tensor in signature.inputs] == [
        ("image", np.dtype(np.uint8), (-1, 28, 28)),
        ("relative_height", np.dtype(np.float32), (-1,)),
    ]
    assert [(tensor.name, tensor.shape) for tensor in signature.outputs] == [("label", (-1, 43)), ("case", (-1,))]
    images = np.random.default_rng(1).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    heights = np.array([0.1, np.nan, 0.3, 0.4, 0.5], np.float32)
    answers = model.predict({"image": images, "relative_height": heights})
    assert answers["label"].shape == (5, 43)
    weights = np.arange(784 * 43).reshape(784, 43) / 1e6
    np.testing.assert_allclose(answers["label"], images.reshape(5, 784) @ weights, rtol=1e-4)
    np.testing.assert_array_equal(answers["case"], np.nan_to_num(heights))


@settings(deadline=None)
@given(NESTED)
def test_flattened_parameters_lead_to_every_value(nested: Mapping[str, object]) -> None:
    flat = flatten(nested)
    for path, value in flat.items():
        inner: object = nested
        for key in path.split("."):
            assert isinstance(inner, Mapping)
            inner = inner[key]
        assert inner == value

    def leaves(value: object) -> int:
        return sum(map(leaves, value.values())) if isinstance(value, Mapping) else 1

    assert len(flat) == leaves(nested)
