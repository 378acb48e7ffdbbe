"""The rows of a contact sheet of letters and digits: some samples of each letter and case, and of each digit."""

import numpy as np
import pandas as pd

from src.data.pictures.contact_sheet import Strip
from src.data.tables.table import stack_images
from src.features.labels import DIGITS, LETTERS


def letter_strips(frame: pd.DataFrame, most: int) -> list[Strip]:
    """Return up to `most` samples, evenly spread over the table, of each letter and case, then of each digit.

    Of a letter come its lowercase, its uppercase and those whose case is not known, the last captioned as lowercase.
    """
    is_uppercase = frame["is_uppercase"]
    cases = [
        (str.lower, ~is_uppercase.fillna(value=True)),
        (str.upper, is_uppercase.fillna(value=False)),
        (str.lower, is_uppercase.isna()),
    ]
    return [
        Strip(written(letter), stack_images(_spread(rows, most)))
        for letter in LETTERS + DIGITS
        for written, of_case in cases
        if len(rows := frame[(frame["label"] == letter) & of_case])
    ]


def _spread(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    places = np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(np.int64)
    return rows.iloc[places]
