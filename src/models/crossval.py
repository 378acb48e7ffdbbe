"""`pysar crossval`: repeated stratified cross-validation over all letters of rukopys, to decide by more than one split.

Every letter is read by a network that learned the letters of the other folds. Pretraining never saw any of them.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from src.common.command import Command
from src.common.cores import allowed_cores
from src.common.digests import file_digest
from src.common.files import write_json
from src.common.interruption import sigterm_as_exit
from src.common.report_files import write_csv, write_png
from src.config.params import load_params
from src.config.paths import MERGED_TABLE, PRETRAINED, reports_of
from src.data.tables.source_names import holds_sample
from src.data.tables.table import read_table, stack_images
from src.features.labels import LETTERS
from src.models.held_back.out_of_fold import Reader, out_of_fold
from src.models.reports.always_misread import (
    always_miscased,
    always_misread,
    draw_always_miscased,
    draw_always_misread,
)
from src.models.reports.answer_tables import answer_table
from src.models.rows.no_characters import read_no_characters
from src.models.scoring.answers import Answers
from src.models.scoring.calibration_error import label_error
from src.models.scoring.metrics import kind_known_right, paired_letters, top_right
from src.models.scoring.temperature import cross_fitted
from src.workspace.measurements import on_disk, revision_of
from src.workspace.repository import find_root

REPORTS = reports_of("crossval")

NAMES = {
    "label": "label, all 43",
    "label_kind_known": "label, kind known",
    "label_top3": "label, among the top three",
    "case_letters": "case, letters",
    "case_paired": "case, letters of two cases",
    "joint": "label and case",
    "label_ece": "label, calibration (ECE)",
}


def only_letters(rows: pd.DataFrame, answers: Answers) -> tuple[pd.DataFrame, Answers]:
    """Return the rows that are letters, and their answers; digits are learned in each fold and not reported."""
    letters = rows["label"].isin(list(LETTERS)).to_numpy()
    return rows[letters].reset_index(drop=True), answers.take(letters)


def repeat_figures(rows: pd.DataFrame, answers: Answers, bins: int) -> dict[str, float]:
    """Return the figures of one repeat, over its letters; the calibration error is that after cross-fitted scaling."""
    paired = rows["label"].isin(paired_letters(rows)).to_numpy()
    calibrated = cross_fitted(answers, rows["fold"].to_numpy())
    shares = {
        "label": answers.label_right,
        "label_kind_known": kind_known_right(answers),
        "label_top3": top_right(answers, 3),
        "case_letters": answers.case_right[answers.has_case],
        "case_paired": answers.case_right[answers.has_case & paired],
        "joint": answers.joint_right,
    }
    return {**{name: float(right.mean()) for name, right in shares.items()}, "label_ece": label_error(calibrated, bins)}


def summarise(repeats: list[dict[str, float]]) -> dict[str, Any]:
    """Return of each figure its mean over the repeats, the standard deviation between them, and the repeats."""
    table = pd.DataFrame(repeats)
    return {
        name: {
            "mean": float(table[name].mean()),
            "spread": float(table[name].std(ddof=1)) if len(table) > 1 else None,
            "repeats": table[name].tolist(),
        }
        for name in NAMES
    }


def results_table(summary: Mapping[str, Any], title: str) -> Table:
    """Return the means and spreads as a table."""
    table = Table(title=title, title_style="bold", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("figure")
    for header in ("mean", "spread"):
        table.add_column(header, justify="right")
    for name, words in NAMES.items():
        figure = summary[name]
        spread = "–" if figure["spread"] is None else f"{figure['spread']:.4f}"
        table.add_row(words, f"{figure['mean']:.4f}", spread)
    return table


def write_sheets(repeats: list[tuple[pd.DataFrame, Answers]]) -> None:
    """Write what no repeat reads rightly, the label or the case: as tables, and as pictures to look at."""
    rows, misread, miscased = repeats[0][0], always_misread(repeats), always_miscased(repeats)
    write_csv(misread[["filename", "label", "is_uppercase", "said"]], REPORTS / "misread.csv")
    write_png(draw_always_misread(misread, rows), REPORTS / "misread.png")
    write_csv(miscased[["filename", "label", "is_uppercase", "relative_height"]], REPORTS / "miscased.csv")
    write_png(draw_always_miscased(miscased, rows), REPORTS / "miscased.png")


@click.command(cls=Command)
@click.option("--workers", type=click.IntRange(1), help="Processes, one thread each; by default one a core.")
def main(workers: int | None) -> None:
    """Read every letter with a network that has not seen it, in folds, several times."""
    os.chdir(find_root(Path.cwd()))
    params, frame = load_params(), read_table(MERGED_TABLE)
    revision = revision_of("crossval.json", on_disk(Path()))
    settings = params.crossval
    seeds = range(settings.seed, settings.seed + settings.repeats)
    reader = Reader(frame, stack_images(read_no_characters("val")), params, "crossval.folds")
    with sigterm_as_exit():  # a job in the background ignores Ctrl-C; its processes end with it by SIGTERM, too
        read = out_of_fold(reader, settings.folds, seeds, workers or allowed_cores())
    repeats = [only_letters(rows, readings.known) for rows, readings in read]
    for seed, (rows, answers) in zip(seeds, repeats, strict=True):
        write_csv(answer_table(rows, answers), REPORTS / f"predictions_{seed}.csv")
    write_sheets(repeats)
    summary = summarise([repeat_figures(*each, params.evaluate.calibration_bins) for each in repeats])
    letters, corpus = len(repeats[0][0]), "sample" if holds_sample(frame) else "upstream"
    described = {"corpus": corpus, "letters": letters, "folds": settings.folds, "seeds": list(seeds),
                 "pretrained": file_digest(PRETRAINED),
                 "revision": revision}  # fmt: skip
    write_json(REPORTS / "metrics.json", {**described, **summary})
    Console().print(results_table(summary, f"{letters} letters, {settings.folds} folds, {settings.repeats} times"))


if __name__ == "__main__":
    main()
