"""What `evaluate` tells MLflow: nothing here can change what it writes."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
import torch

from src.common.digests import file_md5
from src.common.markdown_table import markdown_table
from src.models.recording.held_back_rows import HeldBack
from src.models.recording.rows_digest import rows_digest
from src.models.reports.report_tables import percent
from src.models.rows.row_tensors import make_tensors
from src.models.scoring.answers import Answers
from src.tracking.tracking import TrackedRun

OUT_OF_FOLD = "calibrate"
"""Folder of a run's artifacts with the answers that a champion is chosen by."""
ERRORS = "errors.png"
_NONE = {"value": None}
CHIEF = ("label", "label_kind_known", "case_letters", "joint")
"""Figures by which versions of the registered model are told apart at a glance."""


class Evaluated(Protocol):
    """What came out of the test rows of any task."""

    @property
    def rows(self) -> pd.DataFrame:
        """The test rows, a split sample table."""

    @property
    def answers(self) -> Answers:
        """What the network says of them."""

    @property
    def metrics(self) -> Mapping[str, Any]:
        """What details.json holds."""


class Written(NamedTuple):
    """What was read and written.

    tables: What was read.
    model: The ONNX file.
    reports: The folder of reports.
    held_back: What was read out of fold; None of a task in which no champion is chosen.
    """

    tables: Sequence[Path]
    model: Path
    reports: Path
    held_back: HeldBack | None = None


def record(run: TrackedRun, evaluation: Evaluated, read: Mapping[str, Any], written: Written) -> None:
    """Tell MLflow: params, data, every figure with its interval, the reports, and the model as a new version.

    Args:
        run: Of the stage.
        evaluation: What came out.
        read: The params that the stage read.
        written: The ONNX file's name without suffix is that of the registered model.
    """
    run.log_params(read)
    tables, model, reports, held_back = written
    for path in tables:
        run.log_dataset(path, path.stem, "test")
    run.set_tags(_tags(evaluation.metrics, "corpus", "split_mode"))
    run.log_metrics(_flat(evaluation.metrics))
    run.log_artifact(reports)
    if held_back is not None:
        run.log_artifact(held_back.answers, OUT_OF_FOLD)
    samples = make_tensors(evaluation.rows.head(3), torch.device("cpu"), evaluation.answers.alphabet)
    heights = samples.relative_height.numpy()
    heights[0] = np.nan
    run.log_onnx(model, {"image": samples.image.numpy(), "relative_height": heights})
    _register(run, evaluation, model, held_back)
    pictures = {"Errors": f"{reports.name}/{ERRORS}"} if (reports / ERRORS).is_file() else {}
    run.describe(_table(evaluation.metrics), pictures, _scope(evaluation.metrics))


def _register(run: TrackedRun, evaluation: Evaluated, model: Path, held_back: HeldBack | None) -> None:
    metrics = evaluation.metrics
    tags = {
        **_tags(metrics, "corpus", "split_mode"),
        "alphabet": evaluation.answers.alphabet.labels,
        "data.digest": rows_digest(evaluation.rows),
        "model.md5": file_md5(model),
    }
    if held_back is not None:
        tags["held_back.digest"] = held_back.digest
    run.register(model.stem, tags, {name: metrics[name]["value"] for name in _known(metrics)})


def _known(metrics: Mapping[str, Any]) -> list[str]:
    return [name for name in CHIEF if metrics.get(name, _NONE)["value"] is not None]


def _table(metrics: Mapping[str, Any]) -> str:
    rows = [
        [
            f"`{name}`",
            percent(metrics[name]["value"]),
            f"{percent(metrics[name]['low'])} to {percent(metrics[name]['high'])}",
        ]
        for name in _known(metrics)
    ]
    return markdown_table(["right", "share", "95 % interval"], rows)


def _scope(metrics: Mapping[str, Any]) -> str:
    return f"Of {metrics['rows']['test']} test rows; corpus: {metrics['corpus']}, split: {metrics['split_mode']}."


def _tags(metrics: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: metrics[name] for name in names}


def _flat(metrics: Mapping[str, Any]) -> dict[str, float]:
    """Return figures by name, and the ends of their intervals as `<name>_low` and `<name>_high`."""
    flat = {"onnx_max_difference": metrics["onnx_max_difference"]}
    for name, figure in metrics.items():
        if isinstance(figure, dict) and figure.get("value") is not None:
            flat |= {name: figure["value"], f"{name}_low": figure["low"], f"{name}_high": figure["high"]}
    return flat
