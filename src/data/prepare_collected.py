"""Stage prepare_collected: drawings that people gave away and a reviewer accepted become the sample table.

A group is what one writer drew. Left out and counted are blank drawings.
"""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import pandas as pd

from src.common.command import Command
from src.common.digests import file_digest
from src.common.errors import InputError
from src.common.files import write_json
from src.common.report_files import write_png
from src.config.params import load_params
from src.config.paths import ACCEPTED, COLLECTED_TABLE, details_of, sheet_of
from src.data.corpora.collected_rows import COLLECTED
from src.data.corpora.counts import count_rows
from src.data.corpora.given_drawing import GivenDrawing, load_given
from src.data.pictures.contact_sheet import Strip, draw_sheet
from src.data.pictures.letter_strips import letter_strips
from src.data.pictures.normalise_all import normalise_all
from src.data.tables.table import make_table, write_table
from src.features.decoding.picture_file import decode_picture
from src.features.labels import is_digit
from src.features.picture.pixels import Pixels

DETAILS = details_of("prepare_collected")
SHEET = sheet_of("prepare_collected")

_SHOWN = 14

logger = logging.getLogger(__name__)


class Drawing(NamedTuple):
    """A sample, and its picture as (height, width) or (height, width, 3) uint8."""

    sample: GivenDrawing
    picture: Pixels


def read_accepted(folder: Path) -> dict[str, Drawing]:
    """Read the accepted samples, by their ids and in the order of these.

    Raises:
        InputError: A file is no sample, or another than it is named after, or its image is no picture.
    """
    return {path.stem: _read(path) for path in sorted(folder.glob("*.json"))}


def _read(path: Path) -> Drawing:
    sample = load_given(path)
    if file_digest(path) != path.stem:
        raise InputError(f"{path}: not what was given: a sample is named after the SHA-256 of its bytes; delete it")
    try:
        return Drawing(sample, decode_picture(sample.picture()))
    except (InputError, ValueError) as error:
        raise InputError(f"{path}: its image is no picture ({error}); delete it") from None


def prepare_collected(drawings: Mapping[str, Drawing], side: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """Normalise drawings to `side` px, as the service does that was asked to read them.

    Args:
        drawings: By their ids.
        side: Of the network's pictures, px.

    Returns:
        The sample table, in the order of `drawings` and with their ids as filenames, and how many were left out, by
        reason. Case and height are null where the writer, or the page, did not tell them.
    """
    normalised = normalise_all((each.picture for each in drawings.values()), side, "normalising given drawings")
    rows = [
        _row(identity, each.sample, image.tobytes())
        for (identity, each), image, is_blank in zip(drawings.items(), normalised.images, normalised.blank, strict=True)
        if not is_blank
    ]
    return make_table(rows), {"blank": int(normalised.blank.sum())}


def _row(identity: str, sample: GivenDrawing, image: bytes) -> dict[str, Any]:
    return {
        "image": image,
        "label": sample.label,
        "is_uppercase": None if is_digit(sample.label) else sample.uppercase,
        "relative_height": sample.relative_height,
        "source": COLLECTED,
        "filename": identity,
        "group": f"{COLLECTED}/{sample.writer}",
    }


def summarise(frame: pd.DataFrame, dropped: dict[str, int]) -> dict[str, Any]:
    """Return the details: how many drawings there are, of how many writers, and what the table has of them."""
    drawings = len(frame) + sum(dropped.values())
    return {"drawings": drawings, "dropped": dropped, "writers": frame["group"].nunique(), **count_rows(frame)}


def sheet_strips(frame: pd.DataFrame, side: int) -> list[Strip]:
    """Return samples of each letter and case; empty cells fill the first row, so that the title has room over none."""
    first, *others = letter_strips(frame, _SHOWN) or [Strip("", np.empty((0, side, side), np.uint8))]
    empty = np.zeros((_SHOWN - len(first.images), side, side), np.uint8)
    return [first._replace(images=np.concatenate([first.images, empty])), *others]


@click.command(cls=Command)
def main() -> None:
    """Turn the drawings that a reviewer has accepted into the sample table."""
    side = load_params().network.side
    frame, dropped = prepare_collected(read_accepted(ACCEPTED), side)
    write_table(frame, COLLECTED_TABLE)
    details = summarise(frame, dropped)
    write_json(DETAILS, details)
    shown = f"up to {_SHOWN} of each label and case, as the network sees them ({side} px, inverted)"
    note = f"{len(frame)} of {details['writers']} writers, {shown}"
    write_png(draw_sheet("Given drawings after normalisation", note, sheet_strips(frame, side), columns=2), SHEET)
    logger.info("%s: %d drawings; look at %s", COLLECTED_TABLE, len(frame), SHEET)


if __name__ == "__main__":
    main()
