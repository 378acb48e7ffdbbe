"""A variant's test rows as a short text to read: reports/emnist/<variant>/evaluate/report.md."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from src.common.markdown_table import markdown_table
from src.models.reports.report_tables import closing, figures_table, method
from src.models.scoring.answers import Answers
from src.tasks.emnist import Variant

NAMES = {
    "label": "Label",
    "label_letters": "Label, letters",
    "label_digits": "Label, digits",
    "label_kind_known": "Label, kind known (letters among letters, digits among digits)",
    "label_top3": "Label among the three most probable",
    "label_macro_f1": "Label, macro F1",
    "label_ece": "Label, expected calibration error",
    "label_ece_uncalibrated": "Label, expected calibration error of raw logits",
    "accepted": "Characters taken for characters",
    "unsure": "Answers that are unsure",
    "right_where_sure": "Label, where the answer is not unsure",
    "right_where_unsure": "Label, where it is",
}
"""What each figure of details.json is called for people, in the order of the table."""

_FILES = (
    ("classes.png", "precision, recall and F1 of each label; classes.csv has the numbers"),
    ("label_confusion.png", "which label was taken for which"),
    ("look_alikes.csv", "what becomes of characters that look alike"),
    (
        "errors.png",
        "the surest wrong answers with their three most probable labels; errors.csv has all",
    ),
    ("reliability.png", "whether the probabilities come true"),
    ("curves.png", "how the training went"),
    ("predictions.csv", "every answer"),
)
SCOPES = {
    "internal": "internal split: rows of EMNIST's ByClass test part, which we have parted",
    "official": "official split of NIST",
}
"""Whose the split is; stands on everything that is made for people."""
SAMPLE_NOTE = "Embedded sample: printed characters, no handwriting; the figures say nothing of it."


def scope(metrics: Mapping[str, Any]) -> str:
    """Return what stands on everything: whose split it is, and whether the rows are the embedded sample."""
    note = f"{metrics['rows']['test']:,} test rows, {SCOPES[metrics['split_mode']]}"
    return f"{SAMPLE_NOTE}\n{note}" if metrics["corpus"] == "sample" else note


def write_emnist_report(
    variant: Variant, metrics: Mapping[str, Any], answers: Answers, look_alikes: pd.DataFrame
) -> str:
    """Return the report as Markdown."""
    lines = ([str(value) for value in row] for row in look_alikes.itertuples(index=False))
    parts = [
        f"# EMNIST {variant.name}: {len(variant.alphabet)} labels",
        scope(metrics) + ".",
        figures_table(metrics, NAMES),
        method(metrics),
        "## Characters that look alike",
        markdown_table(list(look_alikes.columns), lines, numbers=False)
        if len(look_alikes)
        else "None among these labels.",
        *closing(answers, _FILES),
    ]
    return "\n\n".join(parts) + "\n"
