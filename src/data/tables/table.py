"""The one currency: every data stage reads and writes this sample table, one Parquet file a stage."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from numpy.typing import NDArray

from src.common.errors import InputError, WorkError
from src.common.files import replace_file
from src.features.labels import DIGITS, UKRAINIAN, Alphabet

SPLITS = ("train", "val", "test")

_CHECKS = {"not_nullable": "null", "multiple_fields_uniqueness": "the same source and filename twice"}
_UNREADABLE = (OSError, ValueError, TypeError, LookupError, NotImplementedError)
"""What pandas and Arrow raise on damaged bytes."""


def _images_are_square(images: "pd.Series[Any]") -> "pd.Series[bool]":
    """Say which images are of the side that most have; of none if that is no square's."""
    sizes = images.map(lambda image: len(image) if isinstance(image, bytes) else 0)
    usual = int(sizes.mode().iloc[0]) if len(sizes) else 0
    return (sizes == usual) & (0 < usual == math.isqrt(usual) ** 2)


def _digits_carry_no_case(frame: pd.DataFrame) -> "pd.Series[bool]":
    return ~frame["label"].isin(list(DIGITS)) | frame["is_uppercase"].isna()


_NOT_EMPTY = pa.Check.str_length(min_value=1, error="empty")
_NULL = pa.Check(lambda column: column.isna(), error="a case, which the label tells by itself")
_COLUMNS = {
    "image": pa.Column(object, pa.Check(_images_are_square, error="not a square of the same side as the others")),
    "label": pa.Column(str),
    "is_uppercase": pa.Column("boolean", nullable=True),
    "relative_height": pa.Column(
        "float64", pa.Check.in_range(0, 1, include_min=False, error="outside (0, 1]"), nullable=True
    ),
    "source": pa.Column(str, _NOT_EMPTY),
    "filename": pa.Column(str, _NOT_EMPTY),
    "group": pa.Column(str, _NOT_EMPTY),
}
_DIGIT_CASE = pa.Check(_digits_carry_no_case, name="is_uppercase", error="a digit carries a case")


def sample_schema_of(alphabet: Alphabet) -> pa.DataFrameSchema:
    """Return the schema of sample tables whose labels are of this alphabet."""
    columns = _COLUMNS | {
        "label": pa.Column(str, pa.Check.isin(list(alphabet.labels), error="outside the alphabet")),
        "is_uppercase": pa.Column("boolean", None if alphabet.case_head else _NULL, nullable=True),
    }
    return pa.DataFrameSchema(columns, checks=_DIGIT_CASE, strict=True, ordered=True, unique=["source", "filename"])


def split_schema_of(alphabet: Alphabet) -> pa.DataFrameSchema:
    """Return that of sample tables with one more column: split (train, val or test)."""
    split = pa.Column(str, pa.Check.isin(SPLITS, error="not train, val or test"))
    return sample_schema_of(alphabet).add_columns({"split": split})


SAMPLE_SCHEMA = sample_schema_of(UKRAINIAN)
"""One row a sample.

image: side * side bytes, a uint8 picture row by row, white ink on black, made by `src.features.picture.normalize`;
    all of a table have one side, `network.side`. Only EMNIST's raw tables, which baselines learn from, are not
    normalised.
label: one of the 43 of `src.features.labels`; in another task's table, of its alphabet.
is_uppercase: null for a digit, and where the case is not known, or is told by the label.
relative_height: height of the ink / height of the canvas, in (0, 1]; null where it is lost. Where labels tell the case,
    what the pen tells of it (`Glyph.height_by_pen`).
source, filename: the corpus, and the file within it; together they name one sample.
group: samples that a split must not part (same writer, same sheet, same pixels).
"""

SPLIT_SCHEMA = split_schema_of(UKRAINIAN)
"""The sample table with one more column: split (train, val or test)."""


def make_table(rows: Sequence[dict[str, Any]] | Mapping[str, Any]) -> pd.DataFrame:
    """Give rows (one dict a sample, keys as in SAMPLE_SCHEMA), or columns by name, the table's dtypes."""
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


def write_table(frame: pd.DataFrame, path: Path, schema: pa.DataFrameSchema = SAMPLE_SCHEMA) -> None:
    """Validate a table and write it whole or not at all.

    Raises:
        WorkError: The table does not fit `schema`; a stage made it wrongly.
        OSError: The disk is full or the folder cannot be written.
    """
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        raise WorkError(f"{path}: not written, the table breaks its schema: {_reason(errors)}") from errors
    with replace_file(path) as temporary:
        frame.to_parquet(temporary, index=False, compression="zstd", write_page_checksum=True)


def read_table(path: Path, schema: pa.DataFrameSchema = SAMPLE_SCHEMA) -> pd.DataFrame:
    """Read a table and validate it.

    Raises:
        InputError: The file is missing, is no whole Parquet file, or holds a table of another schema.
        OSError: The file may not be read.
    """
    cure = "delete it and run `dvc repro`"
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        raise InputError(f"{path}: no such table; run `dvc repro` to make it") from None
    with stream:
        try:
            frame = pd.read_parquet(stream, page_checksum_verification=True)
        except _UNREADABLE as error:
            raise InputError(f"{path}: not a whole Parquet file ({_first_line(str(error))}); {cure}") from error
    try:
        return schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        raise InputError(f"{path}: a table of another schema: {_reason(errors)}; {cure}") from errors


def stack_images(frame: pd.DataFrame) -> NDArray[np.uint8]:
    """Return the images of a table as one array (n, side, side) uint8, white ink on black."""
    side = math.isqrt(len(frame["image"].iloc[0])) if len(frame) else 0
    pixels = np.frombuffer(b"".join(frame["image"]), dtype=np.uint8)
    return pixels.reshape(len(frame), side, side).copy()


def label_codes(frame: pd.DataFrame, alphabet: Alphabet = UKRAINIAN) -> NDArray[np.int64]:
    """Return the position of each label in the alphabet, (n,) int64."""
    return np.array([alphabet.codes[label] for label in frame["label"]], dtype=np.int64)


def _reason(errors: pa.errors.SchemaErrors) -> str:
    """Say the first thing that is wrong, and where, without showing pixels."""
    error = errors.schema_errors[0]
    cases = error.failure_cases
    if not isinstance(cases, pd.DataFrame):
        return _first_line(str(error)).split(" {")[0].split(". ")[0]
    check = getattr(error.check, "error", None) or _CHECKS.get(str(error.check), f"not of type {error.check}")
    rows = cases["index"].unique()
    column = getattr(error.schema, "name", None)
    value = f": {cases['failure_case'].iloc[0]}" if column and column != "image" else ""
    where = f"column {column}: " if column else ""
    return f"{where}{check} (row {rows[0]}{value}; {len(rows)} in all)"


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0]
