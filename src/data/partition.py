"""Part rows into train, val and test: stratified by label and case, groups kept whole."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from src.errors import InputError

_FEWEST = 2


def strata(frame: pd.DataFrame) -> "pd.Series[str]":
    """Return of each row what a split is stratified by: its label and its case."""
    return frame["label"] + frame["is_uppercase"].map({True: " uppercase", False: " lowercase"}).fillna("")


def take(frame: pd.DataFrame, size: float, seed: int, what: str) -> NDArray[np.bool_]:
    """Choose about `size` rows, by seed.

    Groups are chosen, not rows: each by its first row, which stands for the label and case of all. A label and case
    with a single group is never chosen, because what is tested must have been trained on.

    Args:
        frame: A sample table.
        size: How many rows to choose; exact where every group is a single row.
        seed: Same rows, size and seed: same choice.
        what: The parameter that asks for it, for the error.

    Returns:
        (n,) bool: which rows of `frame` are chosen; each group is chosen as a whole.

    Raises:
        InputError: `size` is too small or too large to give each label and case its share.
    """
    first = frame[~frame.duplicated("group")]
    keys = strata(first)
    eligible = first[keys.map(keys.value_counts()) >= _FEWEST]
    keys = strata(eligible)
    count = round(size * len(first) / max(len(frame), 1))
    least, most = keys.nunique(), len(eligible) - keys.nunique()
    if not 0 < least <= count <= most:
        raise InputError(
            f"params.yaml: {what}: {count} of {len(first)} rows for {least} kinds of label and case, of which each "
            f"needs one in and one out; {'enlarge' if count < least else 'lower'} it, or add data"
        )
    _, chosen = train_test_split(eligible["group"], test_size=count, random_state=seed, stratify=keys)
    return frame["group"].isin(chosen).to_numpy()
