"""The test rows' figures as a short text to read: reports/evaluate/report.md."""

from collections.abc import Mapping
from typing import Any

from src.common.markdown_table import markdown_table
from src.models.reports.report_tables import closing, figures_table, method, percent
from src.models.scoring.answers import Answers

NAMES = {
    "label": "Label, all 43",
    "label_letters": "Label, letters",
    "label_digits": "Label, digits",
    "label_kind_known": "Label, kind known (letters among letters, digits among digits)",
    "label_top3": "Label among the three most probable",
    "label_macro_f1": "Label, macro F1",
    "kind": "Letter told from digit",
    "label_ece": "Label, expected calibration error",
    "label_ece_uncalibrated": "Label, expected calibration error of raw logits",
    "case_letters": "Case, letters",
    "case_paired": "Case, letters that the corpus has in both cases",
    "joint": "Label and case both right",
    "case_letters_unknown_height": "Case, letters, height hidden",
    "case_paired_unknown_height": "Case, letters in both cases, height hidden",
    "joint_unknown_height": "Label and case both right, height hidden",
    "case_ece": "Case, expected calibration error",
    "case_ece_uncalibrated": "Case, expected calibration error of raw logits",
    "case_returned": "Case told, not “unknown”, letters in both cases",
    "case_returned_right": "Case right where it is told",
    "case_returned_unknown_height": "Case told, height hidden",
    "case_returned_right_unknown_height": "Case right where it is told, height hidden",
    "unseen": "Unseen hands: label, all 43",
    "unseen_kind_known": "Unseen hands: label, kind known",
    "unseen_top3": "Unseen hands: label among the three most probable",
    "mnist_test": "MNIST's test file, kind known",
    "mnist_test_pretrained": "MNIST's test file, kind known, pretrained network",
    "accepted": "Characters taken for characters",
    "accepted_unseen": "Unseen hands: letters taken for characters",
    "refusal_auroc": "No characters told from characters, AUROC",
    "refusal_fpr95": "No characters taken for characters",
}
"""What each figure of details.json is called for people, in the order of the tables."""

SAMPLE_NOTE = "Embedded sample: drawn by Pysar's own stroke writer, no real handwriting; the figures say nothing of it."
"""Stands on everything that a run on the sample makes for people."""

_FILES = (
    ("errors.png", "every wrong answer with its three most probable labels"),
    ("label_confusion.png", "which label was taken for which"),
    ("case_confusion.png", "which case was taken for which, with the height known and hidden"),
    ("reliability.png", "whether the probabilities come true"),
    ("accepted.png", "what is no character and was taken for one"),
    ("unseen.png", "letters of unseen hands that were read wrongly; unseen.csv has the counts"),
    ("curves.png", "how both training stages went"),
    ("classes.csv", "precision, recall and F1 of each label"),
    ("predictions.csv", "every answer; errors.csv has the wrong ones"),
)


def write_report(metrics: Mapping[str, Any], answers: Answers) -> str:
    """Return the report as Markdown."""
    parts = [
        "# Evaluation",
        *(["**" + SAMPLE_NOTE + "**"] if metrics["corpus"] == "sample" else []),
        _scope(metrics),
        figures_table(metrics, NAMES),
        method(metrics),
        "## What is no character",
        _refusal(metrics),
        *closing(answers, _FILES),
    ]
    return "\n\n".join(parts) + "\n"


def _scope(metrics: Mapping[str, Any]) -> str:
    rows, sources = metrics["rows"], ", ".join(metrics["sources"])
    return (
        f"{rows['test']} test rows ({rows['letters']} letters, {rows['digits']} digits) of {sources}; "
        f"split mode `{metrics['split_mode']}`."
    )


def _refusal(metrics: Mapping[str, Any]) -> str:
    rows = []
    for kind, figures in metrics["refusal_kinds"].items():
        taken = figures["fpr95"]
        share = f"{taken['right']} of {taken['n']}"
        rows.append((kind.replace("_", " "), percent(figures["auroc"]["value"]), percent(taken["value"]), share))
    return (
        markdown_table(("shown", "AUROC", "taken for a character", "rows"), rows, numbers=False)
        if rows
        else "No such pictures were made."
    )
