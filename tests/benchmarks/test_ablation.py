"""What a user may rely on: every row of the ablation can be trained, and its worth is measured in pairs."""

import numpy as np
import pytest
from PIL import Image

from benchmarks.ablation import groups, params_of, summarise
from benchmarks.ablation_rows import ROWS
from benchmarks.ablation_run import Right
from benchmarks.plain_pictures import shrink
from src.config.params import load_params
from tests.default_params import PARAMS


@pytest.mark.parametrize("name", ROWS)
def test_each_row_is_a_possible_set_of_params_and_differs_from_the_default(name: str) -> None:
    params, row = load_params(PARAMS), ROWS[name]
    changed = params_of(row, params) != params_of(ROWS["default"], params)
    assert changed == bool(row.values)
    assert name == "default" or changed or row.plain_pictures or row.way != "as it is"


def test_rows_that_differ_only_in_reading_share_their_networks() -> None:
    assert groups(["default", "no_ema", "one_copy", "plain"]) == [["default", "one_copy"], ["no_ema"], ["plain"]]


def test_worth_is_the_mean_difference_over_pairs_with_its_standard_error() -> None:
    default = np.array([1.0, 1, 1, 0, np.nan])
    other = np.array([1.0, 0, 1, 0, np.nan])
    summary = summarise({"default": Right(*[default] * 4), "no_ema": Right(*[other] * 4)})
    assert summary["no_ema"]["case"] == {"value": 0.5, "points": -25.0, "standard_error": pytest.approx(25.0)}
    assert summary["default"]["label"]["points"] == 0


def test_plain_pictures_fill_our_box_without_another_pen() -> None:
    picture = Image.new("L", (200, 200), 255)
    picture.paste(0, (50, 50, 60, 150))
    image, height, _ = shrink(picture, 32)
    assert image.shape == (32, 32)
    assert height == 0.5
    rows, columns = np.nonzero(image > 127)
    assert [int(np.ptp(axis)) + 1 for axis in (rows, columns)] == [25, 3]
