"""Everything that `evaluate` writes for people and for DVC's plots."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from src.common.files import write_json, write_text
from src.common.report_files import write_csv, write_figure, write_png
from src.models.evaluation.accepted_sheet import draw_accepted
from src.models.evaluation.report import SAMPLE_NOTE, write_report
from src.models.evaluation.unseen_sheet import draw_unseen, unseen_table
from src.models.reports.answer_tables import (
    answer_table,
    case_counts,
    case_pairs,
    find_mistakes,
    label_counts,
    label_pairs,
    wrong_rows,
)
from src.models.reports.confusion_figure import case_confusion, label_confusion
from src.models.reports.curves_figure import curves_figure
from src.models.reports.error_sheet import draw_error_sheet
from src.models.reports.reliability_figure import reliability_figure
from src.models.reports.report_tables import percent
from src.models.scoring.answers import Answers, Flags
from src.models.scoring.calibration_error import reliability
from src.models.scoring.headline import headline
from src.models.scoring.intervals import Floats
from src.models.scoring.metrics import class_table


class Refused(NamedTuple):
    """Test negatives, how familiar each is, (n,), and which are taken for characters nevertheless, (n,)."""

    negatives: pd.DataFrame
    score: Floats
    accepted: Flags


class Evaluation(NamedTuple):
    """What came out, before anything is written.

    rows: The test rows, a split sample table.
    answers, hidden: What the network says of them, with their heights as they are and with all heights hidden.
    unseen, unseen_answers: Letters of people of whom nothing was trained on, and what the network says of them.
    refused: What became of the test negatives.
    metrics: What details.json holds.
    bins: Of the calibration.
    """

    rows: pd.DataFrame
    answers: Answers
    hidden: Answers
    unseen: pd.DataFrame
    unseen_answers: Answers
    refused: Refused
    metrics: Mapping[str, Any]
    bins: int


def write_evaluation(evaluation: Evaluation, curves: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write metrics, tables, figures and the report, each whole or not at all; equal input gives equal bytes."""
    answers, note = evaluation.answers, _note(evaluation.metrics)
    write_csv(class_table(answers).round(4), folder / "classes.csv")
    write_csv(label_pairs(answers), folder / "label_confusion.csv")
    write_csv(case_pairs(answers), folder / "case_confusion.csv")
    table = answer_table(evaluation.rows, answers)
    write_csv(table, folder / "predictions.csv")
    write_csv(table.iloc[wrong_rows(answers)], folder / "errors.csv")
    _draw_confusions(evaluation, note, folder)
    _draw_reliability(evaluation, note, folder)
    write_figure(
        curves_figure(curves, SAMPLE_NOTE if evaluation.metrics["corpus"] == "sample" else ""), folder / "curves.png"
    )
    _draw_errors(evaluation, note, folder)
    _draw_accepted(evaluation, folder)
    _draw_unseen(evaluation, folder)
    write_text(folder / "report.md", write_report(evaluation.metrics, answers))
    write_json(folder / "details.json", dict(evaluation.metrics))
    write_json(folder / "metrics.json", headline(evaluation.metrics))


def _draw_confusions(evaluation: Evaluation, note: str, folder: Path) -> None:
    title = f"Labels: {_in_words(evaluation.metrics['label'])}"
    write_figure(label_confusion(label_counts(evaluation.answers), title, note), folder / "label_confusion.png")
    panels = []
    for caption, key, answers in (
        ("height known", "case_letters", evaluation.answers),
        ("height hidden", "case_letters_unknown_height", evaluation.hidden),
    ):
        panels.append((f"{caption}: {_in_words(evaluation.metrics[key])}", case_counts(answers)))
    write_figure(case_confusion(panels, "Case of letters", note), folder / "case_confusion.png")


def _draw_reliability(evaluation: Evaluation, note: str, folder: Path) -> None:
    answers, counted = evaluation.answers, evaluation.answers.has_case
    label = reliability(answers.probabilities.max(axis=1), answers.label_right, evaluation.bins)
    case = reliability(answers.uppercase_probability[counted], answers.is_uppercase[counted] > 0, evaluation.bins)
    both = pd.concat({"label": label, "case": case}, names=["head", None]).reset_index("head")
    write_csv(both.round(4), folder / "reliability.csv")
    errors = [percent(evaluation.metrics[key]["value"]) for key in ("label_ece", "case_ece")]
    panels = [
        (f"label: expected calibration error {errors[0]}", "probability of the answer", label),
        (f"case: expected calibration error {errors[1]}", "probability of uppercase", case),
    ]
    write_figure(reliability_figure(panels, "Do the probabilities come true?", note), folder / "reliability.png")


def _draw_errors(evaluation: Evaluation, note: str, folder: Path) -> None:
    mistakes = find_mistakes(evaluation.rows, evaluation.answers)
    title = f"Wrong answers: {len(mistakes)} of {len(evaluation.rows)}"
    legend = "blue: the truth, vermilion: the answer"
    write_png(draw_error_sheet(mistakes, title, f"{note} — {legend}"), folder / "errors.png")


def _draw_accepted(evaluation: Evaluation, folder: Path) -> None:
    note = "The most like characters first, of each kind; what is refused is not drawn."
    write_png(draw_accepted(*evaluation.refused, _or_sample(note, evaluation)), folder / "accepted.png")


def _draw_unseen(evaluation: Evaluation, folder: Path) -> None:
    note = "The letter, how many are read rightly, what the others are taken for, and some of those."
    write_csv(unseen_table(evaluation.unseen_answers).round(4), folder / "unseen.csv")
    sheet = draw_unseen(evaluation.unseen, evaluation.unseen_answers, _or_sample(note, evaluation))
    write_png(sheet, folder / "unseen.png")


def _or_sample(note: str, evaluation: Evaluation) -> str:
    return SAMPLE_NOTE if evaluation.metrics["corpus"] == "sample" else note


def _note(metrics: Mapping[str, Any]) -> str:
    rows = metrics["rows"]
    what = f"{rows['letters']} letters and {rows['digits']} digits of the test rows, split mode {metrics['split_mode']}"
    return f"{SAMPLE_NOTE}\n{what}" if metrics["corpus"] == "sample" else what


def _in_words(figure: Mapping[str, Any]) -> str:
    if not figure["n"]:
        return "no rows"
    return f"{percent(figure['value'])} ({figure['right']} of {figure['n']})"
