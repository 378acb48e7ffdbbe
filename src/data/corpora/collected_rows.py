"""Rows of drawings that people gave away: always learned from, never measured on or chosen by.

So the figures of two revisions speak of the same rows, however many drawings were given in between.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.data.tables.source_names import comes_from

COLLECTED = "collected"
"""What they have in the table's `source` column, beside the embedded sample too: it did not draw them."""


def is_collected(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Say of each row, (n,), whether it is a given drawing."""
    return np.asarray(comes_from(frame, COLLECTED).to_numpy(), np.bool_)


def without_collected(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are no given drawings."""
    return frame[~is_collected(frame)]
