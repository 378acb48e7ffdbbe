"""What `evaluate` tells MLflow: nothing here can change what it writes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from src.models.evaluation_files import Evaluation
from src.models.evaluation_report import percent
from src.models.lineage import LOCK, PIPELINE, file_md5
from src.models.rows_digest import rows_digest
from src.models.samples import make_samples
from src.models.tracking import TrackedRun
from src.params import PARAMS_FILE, Params

LINEAGE = "lineage"
"""Folder of a run's artifacts with the pipeline, its params and its hashes as they were."""
CHIEF = ("label", "label_kind_known", "case_letters", "joint")
"""Figures by which versions of the registered model are told apart at a glance."""


def record(
    run: TrackedRun, evaluation: Evaluation, params: Params, *, tables: Sequence[Path], model: Path, reports: Path
) -> None:
    """Tell MLflow: params, data, every figure with its interval, the reports, and the model as a new version.

    Args:
        run: Of the stage.
        evaluation: What came out.
        params: Those of the run.
        tables: What was read.
        model: The ONNX file; its name without suffix is that of the registered model.
        reports: Folder of what was written.
    """
    run.log_params(params.model_dump(include={"split": {"mode"}, "evaluate": True}))
    for path in tables:
        run.log_dataset(path, path.stem, "test")
    run.set_tags(_tags(evaluation.metrics, "corpus", "split_mode"))
    run.log_metrics(_flat(evaluation.metrics))
    run.log_artifact(reports)
    for path in (PARAMS_FILE, PIPELINE, LOCK):  # DVC has written the entries of all stages before this one
        run.log_artifact(path, LINEAGE)
    samples = make_samples(evaluation.rows.head(3), torch.device("cpu"))
    heights = samples.relative_height.numpy()
    heights[0] = np.nan
    run.log_onnx(model, {"image": samples.image.numpy(), "relative_height": heights})
    _register(run, evaluation, model)


def _register(run: TrackedRun, evaluation: Evaluation, model: Path) -> None:
    metrics = evaluation.metrics
    tags = {
        **_tags(metrics, "corpus", "split_mode"),
        "alphabet": evaluation.answers.alphabet.labels,
        "data.digest": rows_digest(evaluation.rows),
        "model.md5": file_md5(model),
    }
    figures = {name: metrics[name]["value"] for name in CHIEF if metrics[name]["value"] is not None}
    said = ", ".join(f"{name} {percent(value)}" for name, value in figures.items())
    scope = f"{metrics['rows']['test']} test rows, {metrics['corpus']}, {metrics['split_mode']}"
    run.register(model.stem, tags, figures, f"{said} ({scope})")


def _tags(metrics: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: metrics[name] for name in names}


def _flat(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Return figures by name, and the ends of their intervals as `<name>_low` and `<name>_high`."""
    flat = {"onnx_max_difference": metrics["onnx_max_difference"]}
    for name, figure in metrics.items():
        if isinstance(figure, dict) and figure.get("value") is not None:
            flat |= {name: figure["value"], f"{name}_low": figure["low"], f"{name}_high": figure["high"]}
    return flat
