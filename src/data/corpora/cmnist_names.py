"""What Cyrillic-MNIST says of its pictures: their letter, case and sheet, from file names and two lists.

A file is named `<k>_<x>_<n>_<timestamp>.png`, and k counts in the alphabet of the case: Kazakh Cyrillic, 42 letters in
lowercase and 39 in uppercase. The case itself stands in no name. `test.csv` and `validation.csv` give it for a fifth of
the pictures: `letters81` is k for a lowercase letter and k + 42 for an uppercase one. Other pictures have the case of
most of their neighbours: those of the same k that were cut out in the same second. Learned on one list and asked of
the other, that is right for 24,048 of 24,055 pictures.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.common.errors import InputError

LOWERCASE = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя"
"""The letters of lowercase pictures in the order of k."""
UPPERCASE = LOWERCASE.translate(str.maketrans("", "", "һъь"))
"""The letters of uppercase pictures in the order of k, written in lowercase."""

_NAME = r"^(?:.*/)?(?P<number>\d{1,2})_\d+_\d+_(?P<sheet>\d{14})[^/]*\.png$"
_CURE = "delete data/raw/cmnist and run `dvc repro` to fetch it again"


def describe_pictures(filenames: Sequence[str], lists: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of each picture, in the order of `filenames`.

    Args:
        filenames: Paths of pictures; what a copy has between its timestamp and `.png` is passed over.
        lists: Columns filename (without folder) and letters81, of both lists.

    Returns:
        Columns filename; letter (lowercase, of 42; null where the case is not known, for then k means nothing);
        is_uppercase (boolean, null where no list says it of the picture or of a neighbour, or neighbours differ
        evenly); sheet (YYYYMMDDhhmmss, the second in which the picture was cut out).

    Raises:
        InputError: A name is of another form, or names and lists do not agree.
    """
    frame = pd.DataFrame({"filename": pd.Series(filenames, dtype="str")})
    parts = frame["filename"].str.extract(_NAME)
    _refuse(parts["number"].isna(), frame["filename"], "is not named <k>_<x>_<n>_<timestamp>.png")
    number = parts["number"].astype("int64")
    _refuse(number >= len(LOWERCASE), frame["filename"], "has a number beyond the alphabet")
    frame["is_uppercase"] = _cases(frame["filename"].str.split("/").str[-1], number, parts["sheet"], lists)
    frame["sheet"] = parts["sheet"]
    frame.insert(1, "letter", _letters(frame, number))
    return frame


def _cases(
    basenames: "pd.Series[str]", number: "pd.Series[int]", sheet: "pd.Series[str]", lists: pd.DataFrame
) -> "pd.Series[bool]":
    codes = lists.drop_duplicates("filename").set_index("filename")["letters81"]
    listed = basenames.map(codes).astype("Int64")
    is_uppercase = listed >= len(LOWERCASE)
    differs = (listed - len(LOWERCASE) * is_uppercase.astype("Int64") != number).fillna(value=False)
    _refuse(differs.astype(bool), basenames, "has another letter in the lists than in its name")
    share = is_uppercase.astype("Float64").groupby([number, sheet]).transform("mean")
    return is_uppercase.fillna((share > 0.5).mask(share == 0.5)).astype("boolean")


def _letters(frame: pd.DataFrame, number: "pd.Series[int]") -> "pd.Series[str]":
    alphabets = {True: dict(enumerate(UPPERCASE)), False: dict(enumerate(LOWERCASE))}
    letters = pd.Series(pd.NA, frame.index, dtype="str")
    for is_uppercase, alphabet in alphabets.items():
        of_case = (frame["is_uppercase"] == is_uppercase).fillna(value=False).astype(bool)
        found = number[of_case].map(alphabet)
        _refuse(found.isna(), frame["filename"][of_case], "has a number beyond the alphabet")
        letters[of_case] = found
    return letters


def _refuse(faulty: "pd.Series[bool]", filenames: "pd.Series[str]", fault: str) -> None:
    if faulty.any():
        raise InputError(f"{filenames.iloc[int(np.argmax(faulty))]}: {fault}; {_CURE}")
