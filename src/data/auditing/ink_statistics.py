"""What of a glyph is only how it was drawn: box, place, pen and grey, and how well that alone tells two kinds apart."""

from collections.abc import Iterable
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

STATISTICS = (
    "longest side of the box, px",
    "centre of the box, x, px",
    "centre of the box, y, px",
    "mean depth of the stroke, px",
    "mean grey of the ink",
    "share of mid grey",
    "brightest grey",
    "share of inked pixels",
)
"""What is measured; the last is partly shape, as a longer line has more ink, and so can only make the audit harder."""

_INK = 64
_CORE = 127
_FAINT, _FULL = 32, 224
_OVERSAMPLING = 4
_FOLDS = 5


class Auc(NamedTuple):
    """Area under the ROC curve, 0.5 to tell nothing and 1 to tell all, and the ends of its 95 % interval."""

    auc: float
    low: float
    high: float


class Side(NamedTuple):
    """Digits or letters: the label of each row, and its ink statistics (n, 8) before and after normalisation."""

    labels: NDArray[np.str_]
    before: NDArray[np.float64]
    after: NDArray[np.float64]

    def of(self, label: str) -> "Side":
        """Return the rows of one label."""
        chosen = self.labels == label
        return Side(self.labels[chosen], self.before[chosen], self.after[chosen])


def measure(images: Iterable[NDArray[np.uint8]]) -> NDArray[np.float64]:
    """Return the ink statistics of pictures (28, 28) uint8, white ink on black, as (n, 8): columns as STATISTICS."""
    return np.array([_measure(image) for image in images], np.float64).reshape(-1, len(STATISTICS))


def _measure(image: NDArray[np.uint8]) -> tuple[float, ...]:
    ink = image > _INK
    if not ink.any():
        return (0.0,) * len(STATISTICS)
    left, top, width, height = cv2.boundingRect(ink.astype(np.uint8))
    side = _OVERSAMPLING * image.shape[0]
    enlarged = cv2.resize(image, (side, side), interpolation=cv2.INTER_LINEAR) > _CORE
    depth = cv2.distanceTransform(enlarged.astype(np.uint8), cv2.DIST_L2, 5)
    visible = image > _FAINT
    return (
        max(width, height),
        left + (width - 1) / 2,
        top + (height - 1) / 2,
        float(depth[enlarged].mean()) / _OVERSAMPLING if enlarged.any() else 0.0,
        float(image[ink].mean()),
        float((visible & (image < _FULL)).sum() / visible.sum()),
        float(image.max()),
        float((image > _CORE).mean()),
    )


def separability(digits: NDArray[np.float64], letters: NDArray[np.float64], seed: int = 0) -> Auc:
    """Return how well a linear classifier tells digits from letters by their statistics, (n, 8) and (m, 8).

    A balanced logistic regression on standardised statistics; its decision values come from 5-fold cross-validation
    (as many folds as the smaller side allows), so that none is of a row it was fitted on. Needs two rows of each.
    """
    values = np.concatenate([digits, letters])
    is_letter = np.repeat([0, 1], [len(digits), len(letters)])
    folds = StratifiedKFold(min(_FOLDS, len(digits), len(letters)), shuffle=True, random_state=seed)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", solver="newton-cholesky"))
    decisions = cross_val_predict(classifier, values, is_letter, cv=folds, method="decision_function")
    return with_interval(float(roc_auc_score(is_letter, decisions)), len(letters), len(digits))


def with_interval(auc: float, positives: int, negatives: int) -> Auc:
    """Return an AUC with its 95 % interval after Hanley and McNeil (Radiology 143, 1982), cut to 0 and 1."""
    both_positive, both_negative = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = (positives - 1) * (both_positive - auc**2) + (negatives - 1) * (both_negative - auc**2)
    error = np.sqrt(max(auc * (1 - auc) + spread, 0) / (positives * negatives))
    return Auc(auc, float(max(auc - 1.96 * error, 0)), float(min(auc + 1.96 * error, 1)))
