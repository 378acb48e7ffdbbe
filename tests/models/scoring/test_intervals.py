import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from src.models.scoring.intervals import Estimate, bootstrap, wilson


def _flags(right: int, n: int) -> NDArray[np.bool_]:
    return np.arange(n) < right


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe, Statistics in Medicine 17 (1998), table I
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_wilson_gives_the_published_intervals(right: int, n: int, low: float, high: float) -> None:
    estimate = wilson(_flags(right, n))
    assert (estimate.right, estimate.n, estimate.value) == (right, n, right / n)
    assert estimate.low == pytest.approx(low, abs=5e-5)
    assert estimate.high == pytest.approx(high, abs=5e-5)


@settings(deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=300))
def test_an_interval_holds_its_value_and_stays_within_0_and_1(values: list[bool]) -> None:
    estimate = wilson(np.array(values))
    assert estimate.value is not None
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.high - estimate.low > 0


def test_without_rows_there_is_no_value_and_nothing_is_known() -> None:
    assert wilson(_flags(0, 0)).as_json() == {"value": None, "low": 0.0, "high": 1.0, "right": 0, "n": 0}
    empty = bootstrap(lambda counts: counts.sum(axis=1), np.zeros(0, np.int64), np.random.default_rng(0))
    assert empty == Estimate(None, 0.0, 1.0, None, 0)


def test_the_json_of_a_figure_that_is_no_share_has_no_count_of_right_rows() -> None:
    assert Estimate(0.12345678, 0.1, 0.2, None, 9).as_json() == {"value": 0.123457, "low": 0.1, "high": 0.2, "n": 9}


def test_the_bootstrap_of_a_mean_agrees_with_wilson() -> None:
    right = _flags(160, 200)

    def mean(counts: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(counts @ right / counts.sum(axis=1))

    estimate = bootstrap(mean, np.zeros(200, np.int64), np.random.default_rng(0))
    known = wilson(right)
    assert estimate.value == known.value
    assert estimate.low == pytest.approx(known.low, abs=0.015)
    assert estimate.high == pytest.approx(known.high, abs=0.015)


def test_the_bootstrap_never_loses_a_stratum_and_repeats_itself() -> None:
    strata = np.array([0] * 50 + [1] * 2)
    seen: list[NDArray[np.float64]] = []

    def rows_of_the_rare_stratum(counts: NDArray[np.float64]) -> NDArray[np.float64]:
        seen.append(counts)
        return np.asarray(counts[:, 50:].sum(axis=1))

    first = bootstrap(rows_of_the_rare_stratum, strata, np.random.default_rng(3))
    second = bootstrap(rows_of_the_rare_stratum, strata, np.random.default_rng(3))
    assert first == second
    assert (seen[1][:, 50:].sum(axis=1) == 2).all()
    assert (seen[1].sum(axis=1) == 52).all()
