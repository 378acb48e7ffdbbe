import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.models.scoring.calibration_error import bin_index, calibration_error, reliability


def _error(probability: list[float], happened: list[bool], bins: int = 10) -> float:
    statistic = calibration_error(np.array(probability), np.array(happened), bins)
    return float(statistic(np.ones((1, len(probability))))[0])


def test_probabilities_that_come_true_have_no_calibration_error() -> None:
    probability = [0.25] * 4 + [0.75] * 4
    happened = [True, False, False, False, True, True, True, False]
    assert _error(probability, happened) == pytest.approx(0, abs=1e-12)


def test_the_error_is_the_gap_weighted_by_the_rows_of_each_bin() -> None:
    probability = [0.95] * 3 + [0.55]
    happened = [True, False, False, True]
    assert _error(probability, happened) == pytest.approx((3 * (0.95 - 1 / 3) + 0.45) / 4)


def test_a_row_that_counts_twice_is_as_two_rows() -> None:
    statistic = calibration_error(np.array([0.9, 0.2]), np.array([True, True]), 10)
    twice = statistic(np.array([[2.0, 1.0]]))[0]
    assert twice == pytest.approx(_error([0.9, 0.9, 0.2], [True, True, True]))


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.integers(1, 20))
def test_every_probability_from_0_to_1_has_a_bin(probabilities: list[float], bins: int) -> None:
    values = np.array(probabilities)
    index = bin_index(values, bins)
    assert ((index >= 0) & (index < bins)).all()
    table = reliability(values, values > 0.5, bins)
    assert len(table) == bins
    assert table["n"].sum() == len(values)


def test_the_table_names_the_share_its_interval_and_empty_bins() -> None:
    table = reliability(np.array([0.6, 0.7, 1.0]), np.array([True, False, True]), 2)
    assert table["n"].tolist() == [0, 3]
    assert np.isnan(table["share"][0])
    assert (table["from"][1], table["to"][1]) == (0.5, 1.0)
    assert table["share"][1] == pytest.approx(2 / 3)
    assert table["probability"][1] == pytest.approx(2.3 / 3)
    assert table["low"][1] < 2 / 3 < table["high"][1]
