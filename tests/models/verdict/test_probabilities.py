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
