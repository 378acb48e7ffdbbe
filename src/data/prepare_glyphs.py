"""Stage prepare_glyphs: the cleaned glyphs of rukopys become the sample table."""

import logging

import click
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.common.command import Command
from src.common.errors import InputError
from src.common.report_files import write_png
from src.config.params import load_params
from src.config.paths import GLYPH_TABLE, RAW_RUKOPYS, RUKOPYS_TABLE, sheet_of
from src.data.cleaning.glyph_table import read_glyph_table
from src.data.corpora.glyph_pictures import read_glyphs
from src.data.pictures.contact_sheet import draw_sheet
from src.data.pictures.letter_strips import letter_strips
from src.data.tables.source_names import RUKOPYS, pixel_groups, source_name
from src.data.tables.table import make_table, write_table
from src.features.picture.normalize import normalize

SHEET = sheet_of("prepare_glyphs")

_SHOWN = 10

logger = logging.getLogger(__name__)


def prepare_glyphs(glyphs: pd.DataFrame, pictures: list[NDArray[np.uint8]], source: str, side: int) -> pd.DataFrame:
    """Normalise every picture and return the sample table, in the order of `glyphs`.

    Args:
        glyphs: The glyph table of `clean`.
        pictures: One grey (height, width) uint8 picture a row; pictures with the same pixels share a group.
        source: What the column `source` says.
        side: Of the pictures in the table, px.

    Raises:
        InputError: A picture has no ink in its box.
    """
    filenames = glyphs["filename"].tolist()
    groups = pixel_groups(filenames, (picture.tobytes() for picture in pictures))
    rows = []
    for filename, label, is_uppercase, group, picture in zip(
        filenames, glyphs["label"], glyphs["is_uppercase"], groups, pictures, strict=True
    ):
        glyph = normalize(picture, side)
        if glyph.relative_height is None:
            raise InputError(f"{RAW_RUKOPYS / filename}: no ink in its box; run `dvc repro` to clean the glyphs again")
        rows.append(
            {
                "image": glyph.image.tobytes(),
                "label": label,
                "is_uppercase": is_uppercase,
                "relative_height": glyph.relative_height,
                "source": source,
                "filename": filename,
                "group": f"{source}/{group}",
            }
        )
    return make_table(rows)


@click.command(cls=Command)
def main() -> None:
    """Turn the cleaned glyphs of rukopys into the sample table."""
    glyphs = read_glyph_table(GLYPH_TABLE)
    side = load_params().network.side
    frame = prepare_glyphs(glyphs, read_glyphs(RAW_RUKOPYS, glyphs), source_name(RUKOPYS, RAW_RUKOPYS), side)
    write_table(frame, RUKOPYS_TABLE)
    note = f"{len(frame)} glyphs, up to {_SHOWN} of each letter and case, normalised to {side} px, inverted"
    write_png(draw_sheet("rukopys after normalisation", note, letter_strips(frame, _SHOWN), columns=2), SHEET)
    logger.info("%s: %d glyphs; look at %s", RUKOPYS_TABLE, len(frame), SHEET)


if __name__ == "__main__":
    main()
