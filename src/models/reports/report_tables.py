"""Parts of a report as Markdown: tables of figures, of labels and of confusions."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from src.common.markdown_table import markdown_table
from src.models.reports.answer_tables import label_counts
from src.models.scoring.answers import Answers
from src.models.scoring.metrics import class_table

_WORST = 10
"""So many labels and confusions are listed."""
_SCORES = ("precision", "recall", "f1")
_MANY = 1000
"""From so many rows on a second decimal means something."""


def percent(share: float | None, decimals: int = 1) -> str:
    """Return a share in percent, `–` where there is none."""
    return "–" if share is None else f"{100 * share:.{decimals}f} %"


def method(metrics: Mapping[str, Any]) -> str:
    """Return how intervals are made, and what the export is worth."""
    return (
        "Intervals are Wilson's; those of macro F1 and of calibration errors are bias-corrected bootstrap intervals. "
        f"The ONNX model's logits differ from torch's by {metrics['onnx_max_difference']:.1e} at most."
    )


def figures_table(metrics: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return a line for each figure of details.json that has a name: its value, interval and count."""
    rows = []
    for key, name in names.items():
        figure = metrics[key]
        right = f"{figure['right']} of {figure['n']}" if "right" in figure else f"{figure['n']} rows"
        decimals = 2 if figure["n"] >= _MANY else 1
        value, low, high = (percent(figure[part], decimals) for part in ("value", "low", "high"))
        rows.append((name, value, f"{low} to {high}", right))
    return markdown_table(("figure", "value", "95 % interval", "right"), rows, numbers=False)


def closing(answers: Answers, files: Iterable[tuple[str, str]]) -> list[str]:
    """Return the parts that end a report: the worst labels, the confusions, and files with what each shows."""
    return [
        f"## The {_WORST} labels with the lowest F1",
        _classes_table(class_table(answers)),
        "## The most frequent confusions",
        _confusions_table(answers),
        "## Where to look next",
        "\n".join(f"- [{name}]({name}): {what}" for name, what in files),
    ]


def _classes_table(classes: pd.DataFrame) -> str:
    seen = classes[classes["support"] > 0].sort_values("f1", kind="stable").head(_WORST)
    columns = [seen["label"].tolist()]
    columns += [[percent(None if np.isnan(share) else share) for share in seen[name]] for name in _SCORES]
    columns.append([str(count) for count in seen["support"]])
    return markdown_table(("label", "precision", "recall", "F1", "rows"), zip(*columns, strict=True), numbers=False)


def _confusions_table(answers: Answers) -> str:
    counts, labels = label_counts(answers), answers.alphabet.labels
    np.fill_diagonal(counts, 0)
    order = np.argsort(-counts, axis=None, kind="stable")[:_WORST]
    pairs = [(int(place) // len(labels), int(place) % len(labels)) for place in order]
    rows = [(labels[row], labels[column], str(counts[row, column])) for row, column in pairs if counts[row, column]]
    return markdown_table(("shown", "said", "times"), rows, numbers=False) if rows else "None: every label is right."
