"""Stage audit_ink: are letters and digits told apart by box, thickness or grey alone? Before and after normalising."""

import logging
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.common.command import Command
from src.common.errors import InputError
from src.common.files import write_json
from src.common.report_files import write_figure
from src.config.paths import GLYPH_TABLE, MNIST_TABLE, RAW_MNIST, RAW_RUKOPYS, RUKOPYS_TABLE, details_of, reports_of
from src.data.auditing.ink_figure import draw_figure
from src.data.auditing.ink_statistics import Side, measure, separability
from src.data.cleaning.glyph_table import read_glyph_table
from src.data.corpora.glyph_pictures import read_glyphs
from src.data.corpora.idx import read_digits
from src.data.tables.source_names import MNIST_TRAIN, comes_from, holds_sample
from src.data.tables.table import read_table, stack_images

DETAILS = details_of("audit_ink")
FIGURE = reports_of("audit_ink") / "distributions.png"

PAIRS = {"0": "о", "3": "з", "6": "б"}
"""Digits and the letters that look like them: what tells these apart is not their shape."""
BAR = 0.7
"""The AUC that normalised letters and digits may reach at most."""

_SIDE = 28
_MOST_DIGITS = 1000
_FEWEST = 2
_CORE = 127

logger = logging.getLogger(__name__)


def measure_letters(frame: pd.DataFrame, glyphs: pd.DataFrame, folder: Path) -> Side:
    """Measure the letters of PAIRS in rukopys' table; before is `shrink` of their pictures in `folder`.

    Raises:
        InputError: A picture is missing or unreadable.
    """
    rows = frame[frame["label"].isin(list(PAIRS.values()))]
    boxes = glyphs.set_index("filename", drop=False).reindex(rows["filename"])
    if boxes["filename"].isna().any():
        raise InputError(f"{RUKOPYS_TABLE}: holds pictures that {GLYPH_TABLE} does not; run `dvc repro`")
    shrunk = [shrink(255 - picture) for picture in read_glyphs(folder, boxes)]
    return Side(rows["label"].to_numpy(dtype=np.str_), measure(shrunk), measure(stack_images(rows)))


def measure_digits(frame: pd.DataFrame, raw: NDArray[np.uint8]) -> Side:
    """Measure the first 1,000 of each digit of PAIRS in MNIST's training file; before is `raw`, (n, 28, 28) uint8.

    Raises:
        InputError: The table and the raw file have not the same number of rows.
    """
    train = frame[comes_from(frame, MNIST_TRAIN)].reset_index(drop=True)
    if len(train) != len(raw):
        raise InputError(f"{MNIST_TABLE}: {len(train)} training digits, {len(raw)} in {RAW_MNIST}; run `dvc repro`")
    rows = pd.concat([train[train["label"] == digit].head(_MOST_DIGITS) for digit in PAIRS])
    before = measure(raw[rows.index.to_numpy()])
    return Side(rows["label"].to_numpy(dtype=np.str_), before, measure(stack_images(rows)))


def shrink(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Crop white ink on black to its box and resize it to 28x28 whatever its shape, as the published pipeline did."""
    left, top, width, height = cv2.boundingRect((ink > _CORE).astype(np.uint8))
    cropped = ink[top : top + height, left : left + width]
    return np.asarray(cv2.resize(cropped, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def audit(digits: Side, letters: Side) -> dict[str, Any]:
    """Return the details: the AUC between digits and letters before and after, for all pairs together and for each.

    Raises:
        InputError: A pair has fewer than two digits or letters.
    """
    pairs = {"all": (digits, letters)}
    for digit, letter in PAIRS.items():
        pair = (digits.of(digit), letters.of(letter))
        if min(len(side.labels) for side in pair) < _FEWEST:
            raise InputError(f"audit_ink: fewer than two samples of digit {digit} or letter {letter}; add data")
        pairs[f"{digit}-{letter}"] = pair
    before = {
        name: separability(numerals.before, glyphs.before)._asdict() for name, (numerals, glyphs) in pairs.items()
    }
    after = {name: separability(numerals.after, glyphs.after)._asdict() for name, (numerals, glyphs) in pairs.items()}
    return {
        "bar": BAR,
        "within_bar": after["all"]["auc"] <= BAR,
        "digits": len(digits.labels),
        "letters": len(letters.labels),
        "before": before,
        "after": after,
    }


@click.command(cls=Command)
def main() -> None:
    """Report how well ink statistics alone tell MNIST's 0, 3, 6 from the letters о, з, б."""
    cv2.setNumThreads(1)
    letters_table, digits_table = read_table(RUKOPYS_TABLE), read_table(MNIST_TABLE)
    letters = measure_letters(letters_table, read_glyph_table(GLYPH_TABLE), RAW_RUKOPYS)
    digits = measure_digits(digits_table, read_digits(RAW_MNIST, "train").images)
    details = {"sample": holds_sample(letters_table), **audit(digits, letters)}
    write_json(DETAILS, details)
    write_figure(draw_figure(digits, letters), FIGURE)
    before, after = details["before"]["all"]["auc"], details["after"]["all"]["auc"]
    logger.info("%s: AUC %.2f before normalisation, %.2f after", DETAILS, before, after)
    if not details["within_bar"]:
        logger.warning("letters and digits can be told apart by their ink: AUC %.2f is over %.2f", after, BAR)


if __name__ == "__main__":
    main()
