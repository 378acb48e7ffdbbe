"""What the letterforms rely on: curves pass through their points, smoothly, and do not depend on where they lie."""

import numpy as np
import pytest

from src.data.writer.letterforms import choose_skeleton, variants
from src.data.writer.spline import smooth_curve
from src.features.labels import DIGITS, LETTERS


def test_a_curve_passes_through_its_points() -> None:
    points = np.array([0, 30 + 10j, 40 + 60j, -5 + 80j, -20 + 20j])
    assert smooth_curve(points, 8)[::8] == pytest.approx(points)


def test_points_of_a_circle_give_a_circle() -> None:
    points = 50 * np.exp(1j * np.linspace(0, 1.8 * np.pi, 8))
    assert np.abs(np.abs(smooth_curve(points)) - 50).max() < 0.1


def test_a_curve_turns_and_grows_with_its_points() -> None:
    points = np.array([0, 30 + 10j, 40 + 60j, -5 + 80j])
    motion = 2.5 * np.exp(0.7j)
    assert smooth_curve(points * motion + 9) == pytest.approx(smooth_curve(points) * motion + 9)


@pytest.mark.parametrize("is_uppercase", [False, True])
def test_letterforms_keep_within_their_lines(is_uppercase: bool) -> None:
    for letter in LETTERS + DIGITS * is_uppercase:
        assert {form.weight > 0 for form in variants(letter, is_uppercase)} == {True}
        for seed in range(6):
            skeleton = choose_skeleton(letter, is_uppercase, np.random.default_rng(seed))
            heights = [point.imag for stroke in skeleton for piece in stroke for point in piece]
            assert min(heights) >= -70
            assert max(heights) <= (195 if is_uppercase else 170)
