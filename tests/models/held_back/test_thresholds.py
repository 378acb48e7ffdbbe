import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from src.models.held_back.thresholds import case_threshold, score_threshold, trusted_threshold

ROWS = st.lists(st.tuples(st.sampled_from([0.5, 0.6, 0.7, 0.8, 0.9, 1.0]), st.booleans()), min_size=1, max_size=40)


@given(rows=ROWS, precision=st.floats(0.55, 1))
def test_the_cases_returned_are_right_often_enough_and_no_lower_threshold_would_do(
    rows: list[tuple[float, bool]], precision: float
) -> None:
    certainty, right = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])

    def share(threshold: float) -> float:
        return float(right[certainty >= threshold].mean())

    threshold = case_threshold(certainty, right, precision)
    possible = [value for value in {0.5, *certainty} if value <= certainty.max() and share(value) >= precision]
    assert threshold == (min(possible) if possible else 1.0)


def test_without_rows_every_case_is_returned() -> None:
    assert case_threshold(np.zeros(0), np.zeros(0, np.bool_), 0.98) == 0.5


@given(
    score=arrays(np.float64, st.integers(1, 60), elements=st.floats(-9, 9)),
    acceptance=st.sampled_from([0.5, 0.9, 0.95, 1]),
)
def test_the_asked_share_is_accepted(score: np.ndarray, acceptance: float) -> None:
    assert (score >= score_threshold(score, acceptance)).mean() >= acceptance - 1e-9


def test_not_more_than_the_asked_share_is_accepted_where_scores_differ() -> None:
    score = np.arange(1000.0)
    assert (score >= score_threshold(score, 0.95)).mean() == pytest.approx(0.95, abs=0.002)


@given(rows=ROWS, share=st.floats(0.05, 0.95))
def test_so_many_right_answers_are_trusted_whatever_the_wrong_ones_are(
    rows: list[tuple[float, bool]], share: float
) -> None:
    probability, right = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    threshold = trusted_threshold(probability, right, share)
    if right.any():
        assert (probability[right] >= threshold).mean() >= share
        assert threshold in probability[right]
    else:
        assert threshold == 1
