"""The one currency: every data stage reads and writes this sample table, one Parquet file a stage."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from src.errors import InputError, WorkError
from src.features.labels import CODES, DIGITS, LABELS
from src.features.normalize import SIDE
from src.files import replace_file

SPLITS = ("train", "val", "test")


def _images_are_whole(images: "pd.Series[Any]") -> "pd.Series[bool]":
    return images.map(lambda image: isinstance(image, bytes) and len(image) == SIDE * SIDE)


def _digits_carry_no_case(frame: pd.DataFrame) -> "pd.Series[bool]":
    return ~frame["label"].isin(list(DIGITS)) | frame["is_uppercase"].isna()


_COLUMNS = {
    "image": pa.Column(object, pa.Check(_images_are_whole, error=f"not {SIDE * SIDE} bytes")),
    "label": pa.Column(str, pa.Check.isin(list(LABELS), error="outside the alphabet")),
    "is_uppercase": pa.Column("boolean", nullable=True),
    "relative_height": pa.Column("float64", pa.Check.in_range(0, 1, include_min=False), nullable=True),
    "source": pa.Column(str, pa.Check.str_length(min_value=1)),
    "filename": pa.Column(str, pa.Check.str_length(min_value=1)),
    "group": pa.Column(str, pa.Check.str_length(min_value=1)),
}
_DIGIT_CASE = pa.Check(_digits_carry_no_case, name="is_uppercase", error="a digit carries a case")

SAMPLES = pa.DataFrameSchema(_COLUMNS, checks=_DIGIT_CASE, strict=True, ordered=True, unique=["source", "filename"])
"""Columns as in the class of the same name in docs: image, label, is_uppercase, relative_height, source, ..."""

SPLIT_SAMPLES = SAMPLES.add_columns({"split": pa.Column(str, pa.Check.isin(SPLITS))})
"""The sample table with one more column: split (train, val or test)."""


def make_table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Give rows (one dict a sample, keys as in SAMPLES) the table's dtypes."""
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.astype(
        {
            "image": object,
            "label": "str",
            "is_uppercase": "boolean",
            "relative_height": "float64",
            "source": "str",
            "filename": "str",
            "group": "str",
        }
    )


def write_table(frame: pd.DataFrame, path: Path, schema: pa.DataFrameSchema = SAMPLES) -> None:
    """Validate a table and write it whole or not at all.

    Raises:
        WorkError: The table does not fit `schema`; a stage made it wrongly.
        OSError: The disk is full or the folder cannot be written.
    """
    try:
        schema.validate(frame)
    except pa.errors.SchemaError as error:
        raise WorkError(f"{path}: not written, the table breaks its schema: {_reason(error)}") from error
    with replace_file(path) as temporary:
        frame.to_parquet(temporary, index=False, compression="zstd")


def read_table(path: Path, schema: pa.DataFrameSchema = SAMPLES) -> pd.DataFrame:
    """Read a table and validate it.

    Raises:
        InputError: The file is missing, is no Parquet file, or holds a table of another schema.
    """
    cure = "delete it and run `dvc repro`"
    try:
        frame = pd.read_parquet(path)
    except FileNotFoundError:
        raise InputError(f"{path}: no such table; run `dvc repro` to make it") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a readable Parquet file ({_first_line(error)}); {cure}") from error
    try:
        return schema.validate(frame)
    except pa.errors.SchemaError as error:
        raise InputError(f"{path}: a table of another schema: {_reason(error)}; {cure}") from error


def stack_images(frame: pd.DataFrame) -> NDArray[np.uint8]:
    """Return the images of a table as one array (n, 28, 28) uint8, white ink on black."""
    pixels = np.frombuffer(b"".join(frame["image"]), dtype=np.uint8)
    return pixels.reshape(len(frame), SIDE, SIDE).copy()


def label_codes(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Return the position of each label in the alphabet, (n,) int64."""
    return frame["label"].map(CODES).to_numpy(dtype=np.int64)


def _reason(error: pa.errors.SchemaError) -> str:
    column = getattr(error.schema, "name", None)
    where = f"column {column}: " if column else ""
    return where + _first_line(error)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
