import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import roc_auc_score

from src.models.evaluation.refusal_figures import Scores, auroc, refusal_by_kind, refusal_figures
from tests.models.factory import CALIBRATION, negatives_table

SCORES = arrays(np.float64, st.integers(1, 8), elements=st.sampled_from([-1.0, 0.0, 0.5, 2.0]))


@given(real=SCORES, negative=SCORES)
def test_auroc_is_scikit_learn_s(real: np.ndarray, negative: np.ndarray) -> None:
    truth = np.r_[np.ones(len(real)), np.zeros(len(negative))]
    estimate = auroc(real, negative)
    assert estimate.value == pytest.approx(roc_auc_score(truth, np.r_[real, negative]))
    assert estimate.value is not None
    assert estimate.low <= estimate.value <= estimate.high


def test_without_negatives_there_is_no_figure_of_them() -> None:
    figures = refusal_figures(Scores(np.zeros(3), np.zeros(2), np.zeros(0)), CALIBRATION)
    assert figures["refusal_auroc"].value is figures["refusal_fpr95"].value is None
    assert (figures["accepted"].right, figures["accepted"].n) == (3, 3)


def test_the_threshold_is_that_of_the_calibration() -> None:
    below, at = CALIBRATION.score_threshold - 1, CALIBRATION.score_threshold
    scores = Scores(np.array([at, below]), np.array([at, at, below]), np.array([below, at, below, below]))
    figures = refusal_figures(scores, CALIBRATION)
    shares = {name: (figures[name].right, figures[name].n) for name in ("accepted", "accepted_unseen", "refusal_fpr95")}
    assert shares == {"accepted": (1, 2), "accepted_unseen": (2, 3), "refusal_fpr95": (1, 4)}


def test_each_kind_is_told_for_itself() -> None:
    negatives = negatives_table(copies=1)
    scribble = (negatives["kind"] == "scribble").to_numpy()
    scores = Scores(np.ones(4), np.ones(4), np.where(scribble, 2.0, -9.0))
    kinds = refusal_by_kind(negatives, scores, CALIBRATION)
    assert {kind: (found["auroc"]["value"], found["fpr95"]["value"]) for kind, found in kinds.items()} == {
        kind: ((0, 1) if kind == "scribble" else (1, 0)) for kind in set(negatives["kind"])
    }
