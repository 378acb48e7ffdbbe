"""Choose rows as `src.data.splitting.partition` does, but none that is a given drawing: those are learned from."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.data.corpora.collected_rows import is_collected, without_collected
from src.data.splitting.partition import folds, take


def take_of_others(frame: pd.DataFrame, size: float, seed: int, what: str) -> NDArray[np.bool_]:
    """Choose as `take` does, (n,) bool, of the rows that are no given drawings."""
    return _among_all(frame, take(without_collected(frame), size, seed, what))


def folds_of_others(frame: pd.DataFrame, count: int, seed: int, what: str) -> list[NDArray[np.bool_]]:
    """Part as `folds` does, (n,) bool each, the rows that are no given drawings: those are in no fold."""
    return [_among_all(frame, fold) for fold in folds(without_collected(frame), count, seed, what)]


def _among_all(frame: pd.DataFrame, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Turn a choice among the rows that are no given drawings into one among all rows."""
    places = ~is_collected(frame)
    places[places] = chosen
    return places
