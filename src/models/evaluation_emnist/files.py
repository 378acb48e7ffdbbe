"""Everything that `evaluate_emnist` writes for people and for DVC's plots."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from src.common.files import write_json, write_text
from src.common.report_files import write_csv, write_figure, write_png
from src.models.evaluation_emnist.class_figure import class_figure
from src.models.evaluation_emnist.look_alikes import look_alike_table
from src.models.evaluation_emnist.report import scope, write_emnist_report
from src.models.reports.answer_tables import answer_table, find_mistakes, label_counts, label_pairs, wrong_rows
from src.models.reports.confusion_figure import label_confusion
from src.models.reports.curves_figure import curves_figure
from src.models.reports.error_sheet import Mistake, draw_error_sheet
from src.models.reports.reliability_figure import reliability_figure
from src.models.reports.report_tables import percent
from src.models.scoring.answers import Answers
from src.models.scoring.calibration_error import reliability
from src.models.scoring.metrics import class_table
from src.tasks.emnist import Variant

_DRAWN = 160
"""Wrong answers on the sheet: of thousands nobody looks at all."""


class EmnistEvaluation(NamedTuple):
    """What came out, before anything is written.

    rows: The test rows, a split sample table.
    answers: What the network says of them, calibrated.
    metrics: What details.json holds.
    bins: Of the calibration.
    """

    rows: pd.DataFrame
    answers: Answers
    metrics: Mapping[str, Any]
    bins: int


def write_emnist_evaluation(evaluation: EmnistEvaluation, variant: Variant, curves: pd.DataFrame, folder: Path) -> None:
    """Write metrics, tables, figures and the report, each whole or not at all; equal input gives equal bytes."""
    rows, answers, metrics, _ = evaluation
    classes, look_alikes, note = class_table(answers), look_alike_table(answers), scope(metrics)
    write_csv(classes.round(4), folder / "classes.csv")
    write_csv(look_alikes, folder / "look_alikes.csv")
    write_csv(label_pairs(answers), folder / "label_confusion.csv")
    table = answer_table(rows, answers)
    write_csv(table, folder / "predictions.csv")
    write_csv(table.iloc[wrong_rows(answers)], folder / "errors.csv")
    title = f"EMNIST {variant.name}: {percent(metrics['label']['value'], 2)} of labels are right"
    write_figure(class_figure(classes, title, note), folder / "classes.png")
    confusion = label_confusion(label_counts(answers), title, note, variant.alphabet)
    write_figure(confusion, folder / "label_confusion.png")
    _write_reliability(evaluation, note, folder)
    write_figure(curves_figure({"train": curves}, note), folder / "curves.png")
    _write_errors(find_mistakes(rows, answers), f"EMNIST {variant.name}", note, folder)
    write_text(folder / "report.md", write_emnist_report(variant, metrics, answers, look_alikes))
    write_json(folder / "details.json", dict(metrics))


def _write_errors(mistakes: list[Mistake], name: str, note: str, folder: Path) -> None:
    shown = surest(mistakes, _DRAWN)
    which = "all" if len(shown) == len(mistakes) else f"the {len(shown)} of which the network is surest"
    title = f"{name}: {len(mistakes):,} wrong answers, {which}"
    write_png(draw_error_sheet(shown, title, f"{note} — blue: the truth, vermilion: the answer"), folder / "errors.png")


def surest(mistakes: list[Mistake], most: int) -> list[Mistake]:
    """Return the mistakes whose wrong answer is most probable, at most so many, in their order."""
    ranked = sorted(range(len(mistakes)), key=lambda place: -mistakes[place].top[0][1])
    return [mistakes[place] for place in sorted(ranked[:most])]


def _write_reliability(evaluation: EmnistEvaluation, note: str, folder: Path) -> None:
    _, answers, metrics, bins = evaluation
    label = reliability(answers.probabilities.max(axis=1), answers.label_right, bins)
    write_csv(label.round(4), folder / "reliability.csv")
    caption = f"label: expected calibration error {percent(metrics['label_ece']['value'])}"
    figure = reliability_figure(
        [(caption, "probability of the answer", label)], "Do the probabilities come true?", note
    )
    write_figure(figure, folder / "reliability.png")
