"""Thresholds that are chosen on rows that no network had learned: of the case, and of what is no character."""

import numpy as np
from numpy.typing import NDArray

from src.models.verdict.probabilities import Floats

_EVEN = 0.5


def case_threshold(certainty: Floats, right: NDArray[np.bool_], precision: float) -> float:
    """Return the least threshold at which the cases returned are right often enough.

    Args:
        certainty: (n,) probability of the likelier case, 0.5 to 1; those at the threshold or above are returned.
        right: (n,) whether the likelier case is the true one.
        precision: The share of the returned ones that must be right.

    Returns:
        0.5 where all may be returned, or there are none; 1 where no threshold is high enough.
    """
    order = np.argsort(-certainty, kind="stable")
    sure = certainty[order]
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    ends = np.append(sure[1:] < sure[:-1], True)[: len(sure)]  # equals are returned together
    enough = np.flatnonzero(ends & (share >= precision))
    if len(enough) == 0:
        return 1.0 if len(order) else _EVEN
    last = enough[-1]
    return _EVEN if last == len(order) - 1 else float(sure[last])


def trusted_threshold(probability: Floats, right: NDArray[np.bool_], share: float) -> float:
    """Return the largest threshold that at least this share of right answers reaches by its (n,) probability.

    Returns:
        1 where none is right.
    """
    return score_threshold(probability[right], share) if right.any() else 1.0


def score_threshold(score: Floats, acceptance: float) -> float:
    """Return the largest threshold at which at least this share of (n,) scores is accepted."""
    return float(np.quantile(score, 1 - acceptance, method="lower"))
