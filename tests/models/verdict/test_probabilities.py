import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from src.models.verdict.probabilities import logistic, softmax, surely

LOGITS = arrays(np.float64, (3, 5), elements=st.floats(-1e6, 1e6))


@given(LOGITS)
def test_probabilities_sum_to_one_however_large_the_logits(logits: np.ndarray) -> None:
    np.testing.assert_allclose(softmax(logits).sum(axis=1), 1)


@given(LOGITS)
def test_the_two_cases_share_the_whole_and_the_likelier_has_half_or_more(logits: np.ndarray) -> None:
    np.testing.assert_allclose(logistic(logits) + logistic(-logits), 1)
    assert (surely(logistic(logits)) >= 0.5).all()


def test_probabilities_are_the_share_of_each_s_odds() -> None:
    logits = np.log([[[1.0, 3.0], [1.0, 1.0]], [[4.0, 1.0], [2.0, 6.0]]])
    wanted = [[[0.25, 0.75], [0.5, 0.5]], [[0.8, 0.2], [0.25, 0.75]]]
    np.testing.assert_allclose(softmax(logits), wanted)
    np.testing.assert_allclose(softmax(np.array([0.0, -np.inf, 0.0])), [0.5, 0, 0.5])
    np.testing.assert_allclose(logistic(np.log([3.0, 1.0, 0.25])), [0.75, 0.5, 0.2])
    np.testing.assert_allclose(surely(np.array([0.75, 0.5, 0.2])), [0.75, 0.5, 0.8])
