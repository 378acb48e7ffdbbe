"""Whether the network's probabilities come true: reliability by bins, and the expected calibration error."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.models.scoring.answers import Answers
from src.models.scoring.intervals import Floats, wilson


def reliability(probability: Floats, happened: NDArray[np.bool_], bins: int) -> pd.DataFrame:
    """Return one row for each bin of equal width over [0, 1].

    Args:
        probability: (n,) in [0, 1].
        happened: (n,) whether what was given that probability is so.
        bins: How many.

    Returns:
        Columns `from`, `to`, `n`, `probability` (mean, NaN where the bin is empty), `share` that happened (NaN where
        empty), and `low`, `high` of its Wilson 95 % interval.
    """
    index = bin_index(probability, bins)
    rows = []
    for number in range(bins):
        inside = index == number
        share = wilson(happened[inside])
        rows.append(
            {
                "from": number / bins,
                "to": (number + 1) / bins,
                "n": share.n,
                "probability": float(probability[inside].mean()) if share.n else np.nan,
                "share": np.nan if share.value is None else share.value,
                "low": share.low,
                "high": share.high,
            }
        )
    return pd.DataFrame(rows)


def calibration_error(probability: Floats, happened: NDArray[np.bool_], bins: int) -> Callable[[Floats], Floats]:
    """Return the expected calibration error as a statistic of weighted rows, as `bootstrap` wants it.

    It is the mean over rows of |share that happened - mean probability| in the row's bin (Guo et al., ICML 2017).
    """
    members = np.eye(bins)[bin_index(probability, bins)]
    gaps = members * (happened.astype(np.float64) - probability)[:, None]

    def statistic(counts: Floats) -> Floats:
        error: Floats = np.abs(counts @ gaps).sum(axis=1) / counts.sum(axis=1)
        return error

    return statistic


def bin_index(probability: Floats, bins: int) -> NDArray[np.int64]:
    """Return the bin of each probability, 0 to bins - 1; a probability of 1 is in the last."""
    return np.minimum((probability * bins).astype(np.int64), bins - 1)


def label_error(answers: Answers, bins: int) -> float:
    """Return the expected calibration error of the most probable label's probability."""
    return _error(answers.probabilities.max(axis=1), answers.label_right, bins)


def case_error(answers: Answers, bins: int) -> float | None:
    """Return that of the probability of uppercase, over the rows whose case is known; None where there are none."""
    counted = answers.has_case
    if not counted.any():
        return None
    return _error(answers.uppercase_probability[counted], answers.is_uppercase[counted] > 0, bins)


def _error(probability: Floats, happened: NDArray[np.bool_], bins: int) -> float:
    return float(calibration_error(probability, happened, bins)(np.ones((1, len(probability))))[0])
