"""Read rukopys' glyphs.csv, whose box columns are named wrongly upstream."""

from pathlib import Path
from typing import Any

import pandas as pd

from src.common.errors import InputError
from src.data.cleaning.glyph_table import COORDINATES

_MEANING = {"top": "left", "bottom": "right", "left": "top", "right": "bottom"}
"""What a box column of upstream really holds: its `top` and `bottom` are x, its `left` and `right` are y."""

_COLUMNS = ["filename", "label", "is_uppercase", *_MEANING]
_CASES = {"true": True, "false": False}


def read_glyph_csv(path: Path) -> pd.DataFrame:
    """Return one row a line of the file, in its order, with the swapped columns named rightly.

    Columns: filename, label (str, as written), is_uppercase (bool), left, top, right, bottom (int64, px, half-open:
    upstream's last row and column of ink are inside its box).

    Raises:
        InputError: The file is missing, empty, not UTF-8 or no CSV, lacks a column, or holds a row without a filename,
            with a case other than True or False, or with a box that is no whole number.
    """
    frame = _read_text(path)
    missing = [column for column in _COLUMNS if column not in frame.columns]
    if missing:
        found = ", ".join(map(str, frame.columns))
        raise InputError(f"{path}: no column {', '.join(missing)} (found: {found}); {_cure()}")
    if frame.empty:
        raise InputError(f"{path}: a header and no rows; {_cure()}")
    frame = frame[_COLUMNS].fillna("")
    _refuse(path, "filename", frame["filename"], frame["filename"].str.strip() == "", "empty")
    cases = frame["is_uppercase"].str.strip().str.lower().map(_CASES)
    _refuse(path, "is_uppercase", frame["is_uppercase"], cases.isna(), "not True or False")
    numbers = {column: _whole_numbers(path, frame[column]) for column in _MEANING}
    boxes = pd.DataFrame(numbers).rename(columns=_MEANING)[COORDINATES]
    boxes[["right", "bottom"]] += 1
    return pd.concat([frame[["filename", "label"]], cases.astype(bool), boxes], axis=1)


def _read_text(path: Path) -> pd.DataFrame:
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `dvc repro` to fetch it") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8, or {_cure()}") from None
    except pd.errors.EmptyDataError:
        raise InputError(f"{path}: an empty file; {_cure()}") from None
    except pd.errors.ParserError as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: not a CSV file ({reason}); correct that line, or {_cure()}") from None
    if not isinstance(frame.index, pd.RangeIndex):  # pandas takes fields beyond the header for row names
        raise InputError(f"{path}: row 1 has more fields than the header; {_cure()}")
    return frame


def _whole_numbers(path: Path, texts: "pd.Series[Any]") -> "pd.Series[int]":
    # Nine digits fit int64 whatever is computed with them, and no picture is larger.
    _refuse(path, str(texts.name), texts, ~texts.str.fullmatch(r"\s*-?\d{1,9}\s*"), "not a whole number of pixels")
    return texts.astype("int64")


def _refuse(path: Path, column: str, values: "pd.Series[Any]", bad: "pd.Series[bool]", why: str) -> None:
    if bad.any():
        row = int(bad.to_numpy().argmax())
        more = f" (and in {int(bad.sum()) - 1} more rows)" if bad.sum() > 1 else ""
        raise InputError(f"{path}: row {row + 1}, column {column}: {values.iloc[row]!r} is {why}{more}; {_cure()}")


def _cure() -> str:
    return "correct the file, or delete it and run `dvc repro` to fetch it again"
