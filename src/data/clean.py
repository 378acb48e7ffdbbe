"""Stage clean: name the swapped columns of glyphs.csv rightly and check each row against its picture.

What is wrong is repaired where the picture tells what is right, else dropped; each case is counted and listed.
"""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import click
import pandas as pd

from src.common.command import Command
from src.common.errors import InputError
from src.common.files import write_json
from src.common.progress import progress_bar
from src.common.report_files import write_csv, write_png
from src.config.params import load_params
from src.config.paths import GLYPH_TABLE, RAW_RUKOPYS, reports_of
from src.data.cleaning.glyph_checks import (
    Checked,
    Pictures,
    Row,
    UnreadablePictureError,
    check_row,
    decode,
    find_same_pixels,
)
from src.data.cleaning.glyph_ink import Box
from src.data.cleaning.glyph_problems import ACTIONS, Action, Case, Problem, count_problems, problems_table
from src.data.cleaning.glyph_sheet import Tile, draw_glyph_sheet
from src.data.cleaning.glyph_table import COORDINATES, make_glyph_table, write_glyph_table
from src.data.corpora.glyph_csv import read_glyph_csv

REPORTS = reports_of("clean")

log = logging.getLogger(__name__)


class Cleaning(NamedTuple):
    """The rows that stay (CLEAN_GLYPHS), all problems in the order of the file, and the figures."""

    table: pd.DataFrame
    problems: list[Problem]
    counts: dict[str, Any]


@click.command(cls=Command)
def main() -> None:
    """Check glyphs.csv against its pictures; write the table of glyphs and the reports of what was wrong."""
    tolerance = load_params().clean.box_tolerance
    rows = read_glyph_csv(RAW_RUKOPYS / "glyphs.csv")
    pictures = list_pictures(RAW_RUKOPYS)
    cleaning = clean(rows, pictures, tolerance)
    write_reports(cleaning, pictures, REPORTS)
    if cleaning.table.empty:
        raise InputError(f"{RAW_RUKOPYS}: no row of glyphs.csv is usable; see why in {REPORTS / 'problems.csv'}")
    write_glyph_table(cleaning.table, GLYPH_TABLE)
    log.info("%d of %d rows stay, %d of them repaired; %d pictures are in no row", *_summary(cleaning.counts))


def list_pictures(corpus: Path) -> Pictures:
    """Return what reads each PNG of a corpus, by its name in glyphs.csv (`glyphs/a-0.png`), sorted."""
    files = sorted((corpus / "glyphs").glob("*.png"))
    return {path.relative_to(corpus).as_posix(): path.read_bytes for path in files}


def clean(frame: pd.DataFrame, pictures: Pictures, tolerance: int) -> Cleaning:
    """Check the rows of `read_glyph_csv` against the pictures and against each other.

    A row that stays gets the measured box of its letter. Where the file's box differs from it by at most `tolerance`
    pixels on each side, that is no problem and only counted.

    Raises:
        OSError: A picture cannot be read from disk; a broken picture is a problem of its row instead.
    """
    checked = []
    with progress_bar("checking glyphs", len(frame)) as advance:
        for row in _rows(frame):
            checked.append(check_row(row, pictures, tolerance))
            advance(1, "")
    same_pixels = find_same_pixels(checked)
    problems, kept = [], []
    for position, result in enumerate(checked):
        if position in same_pixels:
            problems.append(same_pixels[position])
            continue
        problems += result.problems
        if result.box is not None:
            kept.append(result)
    spare = sorted(set(pictures) - set(frame["filename"]))
    problems += [Problem(name, Case.PICTURE_IN_NO_ROW, "no row names it: its letter is not known") for name in spare]
    table = make_glyph_table([_table_row(row) for row in kept])
    return Cleaning(table, problems, _counts(len(checked), kept, problems))


def write_reports(cleaning: Cleaning, pictures: Pictures, folder: Path) -> None:
    """Write details.json, problems.csv and the contact sheet problems.png."""
    write_json(folder / "details.json", cleaning.counts)
    write_csv(problems_table(cleaning.problems), folder / "problems.csv")
    write_png(draw_glyph_sheet([_tile(problem, pictures) for problem in cleaning.problems]), folder / "problems.png")


def _rows(frame: pd.DataFrame) -> Iterable[Row]:
    for row in frame.to_dict("records"):
        box = Box(*(int(row[coordinate]) for coordinate in COORDINATES))
        yield Row(str(row["filename"]), str(row["label"]), bool(row["is_uppercase"]), box)


def _table_row(checked: Checked) -> dict[str, Any]:
    row = checked.row
    repair = "; ".join(f"{problem.case}: {problem.reason}" for problem in checked.problems)
    names = {"filename": row.filename, "label": row.label, "is_uppercase": row.is_uppercase, "repair": repair}
    return names | dict(zip(COORDINATES, checked.box or (), strict=True))


def _counts(rows_in: int, kept: list[Checked], problems: list[Problem]) -> dict[str, Any]:
    """Count rows and cases: rows_in = rows_out + all dropped; a row may be repaired of two cases."""
    return {
        "rows_in": rows_in,
        "rows_out": len(kept),
        "rows_dropped": sum(ACTIONS[problem.case] is Action.DROPPED for problem in problems),
        "rows_repaired": sum(bool(row.problems) for row in kept),
        "rows_adjusted_within_tolerance": sum(not row.problems and row.box != row.row.box for row in kept),
        **count_problems(problems),
    }


def _summary(counts: dict[str, Any]) -> tuple[int, int, int, int]:
    spare = counts[Action.IGNORED][Case.PICTURE_IN_NO_ROW]
    return counts["rows_out"], counts["rows_in"], counts["rows_repaired"], spare


def _tile(problem: Problem, pictures: Pictures) -> Tile:
    try:
        grey = decode(pictures[problem.filename]()) if problem.filename in pictures else None
    except UnreadablePictureError:
        grey = None
    caption = (problem.filename, f"{ACTIONS[problem.case]}: {problem.case.replace('_', ' ')}")
    return Tile(grey, caption, problem.before, problem.after)


if __name__ == "__main__":
    main()
