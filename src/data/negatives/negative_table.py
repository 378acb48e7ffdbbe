"""The table of pictures that show no character, on which refusal is chosen (val) and measured (test)."""

from collections.abc import Sequence
from typing import Any, Literal

import pandas as pd
import pandera.pandas as pa

from src.data.tables.table import SAMPLE_SCHEMA

NegativeKind = Literal["scribble", "two_glyphs", "latin", "punctuation", "texture"]
NegativeSplit = Literal["val", "test"]

KINDS: tuple[NegativeKind, ...] = ("scribble", "two_glyphs", "latin", "punctuation", "texture")
SPLITS: tuple[NegativeSplit, ...] = ("val", "test")

_COLUMNS = {
    "image": SAMPLE_SCHEMA.columns["image"],
    "relative_height": SAMPLE_SCHEMA.columns["relative_height"],
    "kind": pa.Column(str, pa.Check.isin(KINDS, error="no kind of negative")),
    "source": SAMPLE_SCHEMA.columns["source"],
    "filename": SAMPLE_SCHEMA.columns["filename"],
    "group": SAMPLE_SCHEMA.columns["group"],
    "split": pa.Column(str, pa.Check.isin(SPLITS, error="not val or test")),
}

NEGATIVE_SCHEMA = pa.DataFrameSchema(_COLUMNS, strict=True, ordered=True, unique=["source", "filename"])
"""One row a picture; image, relative_height, source, filename and group as in `src.data.tables.table.SAMPLE_SCHEMA`.

kind: What it shows. split: val, by which a way to refuse may be chosen; test, on which it is only measured.
A blank picture is in no table: `src.features.picture.normalize` tells it (no height), without a network.
"""


def make_negatives(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Give rows (one dict a picture, keys as in NEGATIVE_SCHEMA) the table's dtypes."""
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    dtypes = dict.fromkeys(_COLUMNS, "str") | {"image": "object", "relative_height": "float64"}
    return frame.astype(dtypes)
