from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from src.models.scoring.intervals import RESAMPLES, Estimate, bootstrap, wilson


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


def test_the_bootstrap_corrects_the_bias_of_a_statistic_as_efron_and_tibshirani_do() -> None:
    strata, weights = np.zeros(40, np.int64), np.arange(40) ** 2.0
    seen: list[NDArray[np.float64]] = []

    def spread(counts: NDArray[np.float64]) -> NDArray[np.float64]:
        means = counts @ weights / counts.sum(axis=1)
        seen.append(np.sqrt(counts @ weights**2 / counts.sum(axis=1) - means**2) / 1000)
        return seen[-1]

    estimate = bootstrap(spread, strata, np.random.default_rng(5))
    values, normal = seen[1], NormalDist()
    assert estimate.value is not None
    assert len(values) == RESAMPLES
    shift = 2 * normal.inv_cdf(float((values < estimate.value).mean()))
    assert abs(shift) > 0.1  # the spread of resamples is less
    ends = np.quantile(values, [normal.cdf(shift - 1.959964), normal.cdf(shift + 1.959964)])
    assert [estimate.low, estimate.high] == pytest.approx(ends)
    assert (estimate.right, estimate.n) == (None, 40)


@pytest.mark.parametrize("sign", [1, -1])
def test_an_interval_holds_a_value_that_no_resample_reaches(sign: int) -> None:
    seen: list[NDArray[np.float64]] = []

    def distinct(counts: NDArray[np.float64]) -> NDArray[np.float64]:
        seen.append(sign * (counts > 0).mean(axis=1))
        return seen[-1]

    estimate = bootstrap(distinct, np.zeros(50, np.int64), np.random.default_rng(0))
    ends = sorted([float(sign), float(max(seen[1] * sign) * sign)])
    assert [estimate.low, estimate.high] == pytest.approx(ends, abs=0.03)
    assert float(sign) in {estimate.low, estimate.high}


def test_a_statistic_that_never_changes_has_no_width() -> None:
    estimate = bootstrap(lambda counts: counts.sum(axis=1), np.zeros(9, np.int64), np.random.default_rng(0))
    assert estimate == Estimate(9.0, 9.0, 9.0, None, 9)


def test_resamples_draw_each_row_of_a_stratum_as_often_as_another() -> None:
    seen: list[NDArray[np.float64]] = []

    def keep(counts: NDArray[np.float64]) -> NDArray[np.float64]:
        seen.append(counts)
        return counts[:, 0]

    bootstrap(keep, np.array([7, 3, 7, 3, 3]), np.random.default_rng(0))
    assert seen[0].tolist() == [[1] * 5]
    np.testing.assert_allclose(seen[1].mean(axis=0), 1, atol=0.08)
    assert (seen[1][:, [0, 2]].sum(axis=1) == 2).all()


def test_the_json_of_a_share_has_six_decimals_and_its_count() -> None:
    figures = Estimate(2 / 3, 1 / 3, 8 / 9, 2, 3).as_json()
    assert figures == {"value": 0.666667, "low": 0.333333, "high": 0.888889, "right": 2, "n": 3}
