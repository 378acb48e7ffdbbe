"""Choose rows for a split or for folds: stratified by label and case with groups kept whole."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold, train_test_split

from src.common.errors import InputError
from src.config.params import PARAMS_FILE

_FEWEST = 2


def strata(frame: pd.DataFrame) -> "pd.Series[str]":
    """Return of each row what a split is stratified by: its label and its case."""
    return frame["label"] + frame["is_uppercase"].map({True: " uppercase", False: " lowercase"}).fillna("")


def take(frame: pd.DataFrame, size: float, seed: int, what: str, file: Path = PARAMS_FILE) -> NDArray[np.bool_]:
    """Choose about `size` rows, by seed.

    Groups are chosen, not rows: each by its first row, which stands for the label and case of all. A label and case
    with a single group is never chosen, because what is tested must have been trained on.

    Args:
        frame: A sample table.
        size: How many rows to choose; exact where every group is a single row.
        seed: Same rows, size and seed: same choice.
        what: The parameter that asks for it, for the error.
        file: Where that parameter stands.

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
            f"{file}: {what}: {count} of {len(first)} rows for {least} kinds of label and case, of which each "
            f"needs one in and one out; {'enlarge' if count < least else 'lower'} it, or add data"
        )
    _, chosen = train_test_split(eligible["group"], test_size=count, random_state=seed, stratify=keys)
    return frame["group"].isin(chosen).to_numpy()


def folds(frame: pd.DataFrame, count: int, seed: int, what: str) -> list[NDArray[np.bool_]]:
    """Part rows into folds of about equal size, by seed, as `take` does: whole groups, each label and case its share.

    A label and case with fewer groups than there are folds is in none: it is always trained on.

    Args:
        frame: A sample table.
        count: How many folds, two or more.
        seed: Same rows, count and seed: same folds.
        what: The parameter that asks for it, for the error.

    Returns:
        For each fold (n,) bool: which rows of `frame` are in it. No row is in two.

    Raises:
        InputError: No label and case has a group for each fold.
    """
    first = frame[~frame.duplicated("group")]
    keys = strata(first)
    eligible = first[keys.map(keys.value_counts()) >= count]
    if eligible.empty:
        raise InputError(f"params.yaml: {what}: no label and case has rows for {count} folds; lower it, or add data")
    parts = StratifiedKFold(count, shuffle=True, random_state=seed).split(eligible, strata(eligible))
    return [frame["group"].isin(eligible["group"].iloc[chosen]).to_numpy() for _, chosen in parts]
