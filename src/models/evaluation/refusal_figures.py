"""Whether what is no character is refused, and what is one accepted."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from src.models.scoring.intervals import Estimate, Floats, bootstrap, wilson
from src.models.verdict.calibration import Calibration
from src.models.verdict.verdict import accepts

_SEED = 0
"""Of the bootstrap: the same scores give the same interval."""


class Scores(NamedTuple):
    """How familiar pictures are: test rows, letters of unseen hands, and test negatives, each (n,) float64."""

    characters: Floats
    unseen: Floats
    negatives: Floats


def refusal_figures(scores: Scores, calibration: Calibration) -> dict[str, Estimate]:
    """Return the figures by their names in details.json; the threshold is that chosen on out-of-fold rows."""
    return {
        "accepted": wilson(accepts(scores.characters, calibration)),
        "accepted_unseen": wilson(accepts(scores.unseen, calibration)),
        "refusal_auroc": auroc(scores.characters, scores.negatives),
        "refusal_fpr95": wilson(accepts(scores.negatives, calibration)),
    }


def refusal_by_kind(negatives: pd.DataFrame, scores: Scores, calibration: Calibration) -> dict[str, Any]:
    """Return of each kind of negatives, as details.json holds them, AUROC and the share taken for characters."""
    of_kind = {
        kind: scores.negatives[(negatives["kind"] == kind).to_numpy()] for kind in sorted(set(negatives["kind"]))
    }
    return {
        kind: {
            "auroc": auroc(scores.characters, score).as_json(),
            "fpr95": wilson(accepts(score, calibration)).as_json(),
        }
        for kind, score in of_kind.items()
    }


def auroc(positive: Floats, negative: Floats) -> Estimate:
    """Return how often a positive has a larger score than a negative; equals count half."""
    if len(positive) == 0 or len(negative) == 0:
        return Estimate(None, 0.0, 1.0, None, 0)
    larger = (positive[:, None] > negative).astype(np.float64) + 0.5 * (positive[:, None] == negative)
    first = len(positive)

    def statistic(counts: Floats) -> Floats:
        wins = ((counts[:, :first] @ larger) * counts[:, first:]).sum(axis=1)
        share: Floats = wins / (counts[:, :first].sum(axis=1) * counts[:, first:].sum(axis=1))
        return share

    strata = (np.arange(first + len(negative)) >= first).astype(np.int64)
    return bootstrap(statistic, strata, np.random.default_rng(_SEED))
