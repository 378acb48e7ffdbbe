"""The table between `clean` and `prepare_glyphs`: which pictures are used, as what, and where their ink lies."""

from pathlib import Path
from typing import Any

import pandas as pd
import pandera.pandas as pa

from src.data.tables.table import read_table, write_table
from src.features.labels import LETTERS

COORDINATES = ["left", "top", "right", "bottom"]


def _box_is_not_empty(frame: pd.DataFrame) -> "pd.Series[bool]":
    return (frame["left"] < frame["right"]) & (frame["top"] < frame["bottom"])


_COLUMNS = {
    "filename": pa.Column(str, pa.Check.str_length(min_value=1), unique=True),
    "label": pa.Column(str, pa.Check.isin(list(LETTERS), error="not a letter of the alphabet")),
    "is_uppercase": pa.Column("boolean"),
    **{coordinate: pa.Column("int64", pa.Check.ge(0)) for coordinate in COORDINATES},
    "repair": pa.Column(str),
}

CLEAN_GLYPHS = pa.DataFrameSchema(
    _COLUMNS, checks=pa.Check(_box_is_not_empty, name="box", error="an empty box"), strict=True, ordered=True
)
"""One row a picture: filename (relative to the corpus), label (lowercase letter), is_uppercase, the ink's half-open
box left, top, right, bottom (px; what lies outside is not part of the letter), repair ('' or what was repaired)."""


def make_glyph_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Give rows (one dict a picture, keys as in CLEAN_GLYPHS) the table's dtypes."""
    dtypes = {"filename": "str", "label": "str", "is_uppercase": "boolean", "repair": "str"}
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.astype({**dtypes, **dict.fromkeys(COORDINATES, "int64")})


def write_glyph_table(frame: pd.DataFrame, path: Path) -> None:
    """Validate the table and write it whole or not at all; raises as `table.write_table`."""
    write_table(frame, path, CLEAN_GLYPHS)


def read_glyph_table(path: Path) -> pd.DataFrame:
    """Read the table and validate it; raises as `table.read_table`."""
    return read_table(path, CLEAN_GLYPHS)
