import cv2
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from src.data.auditing.ink_statistics import STATISTICS, measure, separability, with_interval
from tests.data.sample_rows import strokes


def test_box_pen_and_grey_are_measured_in_pixels() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 10:14] = 200
    found = dict(zip(STATISTICS, measure([image])[0], strict=True))
    assert found["longest side of the box, px"] == 20
    assert found["centre of the box, x, px"] == 11.5
    assert found["centre of the box, y, px"] == 13.5
    assert found["mean grey of the ink"] == found["brightest grey"] == 200
    assert found["share of mid grey"] == 1
    assert found["share of inked pixels"] == pytest.approx(80 / 784)


def test_thicker_pen_has_deeper_strokes() -> None:
    thin = strokes(1)[0]
    thick = np.asarray(cv2.dilate(thin, np.ones((3, 3), np.uint8)), np.uint8)
    depth = measure([thin, thick])[:, 3]
    assert depth[1] > 1.3 * depth[0]


def test_blank_picture_is_measured_as_nothing() -> None:
    assert not measure([np.zeros((28, 28), np.uint8)]).any()
    assert measure([]).shape == (0, 8)


def test_same_drawing_is_not_told_apart_and_another_pen_is() -> None:
    one, other = measure(strokes(300, 1)), measure(strokes(100, 2))
    thick = measure([np.asarray(cv2.dilate(image, np.ones((2, 2), np.uint8)), np.uint8) for image in strokes(100, 2)])
    alike = separability(one, other)
    assert alike.low < 0.55
    assert alike.auc < 0.62
    assert separability(one, thick).low > 0.95


def test_classifier_is_judged_on_rows_it_was_not_fitted_on() -> None:
    noise = np.random.default_rng(1).normal(size=(24, 8))
    assert separability(noise[:12], noise[12:]).auc < 0.8


def test_interval_is_that_of_hanley_and_mcneil() -> None:
    # Their paper's own example: AUC 0.893 of 58 normal and 51 abnormal cases has a standard error of 0.032.
    found = with_interval(0.893, 51, 58)
    assert found.auc - found.low == pytest.approx(1.96 * 0.032, abs=0.002)
    assert with_interval(1.0, 5, 5) == (1, 1, 1)
    assert with_interval(0.02, 3, 3).low >= 0


def test_interval_holds_the_true_area_nineteen_times_in_twenty() -> None:
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        digits, letters = generator.normal(0, 1, 80), generator.normal(1, 1, 40)
        auc = roc_auc_score(np.repeat([0, 1], [80, 40]), np.concatenate([digits, letters]))
        interval = with_interval(float(auc), 40, 80)
        held += interval.low <= 0.7602 <= interval.high
    assert 0.91 < held / 400 <= 0.99
