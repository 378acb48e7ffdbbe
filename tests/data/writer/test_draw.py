"""What a user may rely on: every glyph can be drawn, whole, in its size, and again."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from src.common.errors import InputError
from src.data.writer.draw import draw_glyph
from src.features.labels import DIGITS, LABELS, LETTERS

GLYPHS = [(letter, case) for letter in LETTERS for case in (False, True)] + [(digit, False) for digit in DIGITS]


def _ink_box(picture: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    left, top, width, height = cv2.boundingRect((picture < 128).astype(np.uint8))
    return left, top, left + width, top + height


def _heights(is_uppercase: bool, letters: str = LETTERS) -> list[int]:
    generator = np.random.default_rng(3)
    boxes = [_ink_box(draw_glyph(letter, is_uppercase, generator)) for letter in letters for _ in range(7)]
    return [bottom - top for _, top, _, bottom in boxes]


@pytest.mark.parametrize(("label", "is_uppercase"), GLYPHS)
def test_every_glyph_lies_whole_and_centred_on_white_paper(label: str, is_uppercase: bool) -> None:
    for seed in range(5):
        picture = draw_glyph(label, is_uppercase, np.random.default_rng(seed))
        assert picture.shape == (200, 200)
        assert picture.dtype == np.uint8
        left, top, right, bottom = _ink_box(picture)
        assert min(left, top, 200 - right, 200 - bottom) >= 5
        assert abs(left + right - 200) <= 3
        assert abs(top + bottom - 200) <= 3
        assert 0.005 < (picture < 128).mean() < 0.3


@given(st.sampled_from(LABELS), st.booleans(), st.integers(0, 2**31), st.integers(24, 400))
@settings(max_examples=60, deadline=None)
def test_the_same_seed_draws_the_same_ink_inside_any_canvas(label: str, case: bool, seed: int, canvas: int) -> None:
    picture = draw_glyph(label, case, np.random.default_rng(seed), canvas)
    assert np.array_equal(picture, draw_glyph(label, case, np.random.default_rng(seed), canvas))
    assert picture.min() < 128
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert border.min() == 255


@pytest.mark.parametrize(("label", "is_uppercase"), GLYPHS)
def test_another_seed_draws_another_glyph(label: str, is_uppercase: bool) -> None:
    first, second = (draw_glyph(label, is_uppercase, np.random.default_rng(seed)) for seed in (1, 2))
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("letter", LETTERS)
def test_uppercase_stands_above_lowercase_where_both_reach_equally_far(letter: str) -> None:
    lower, upper = np.median(_heights(False, letter)), np.median(_heights(True, letter))
    # Lowercase ascenders and descenders are as tall as capitals: height tells nothing of these.
    assert upper > lower * (0.8 if letter in "бвдрузфії" else 1.2)


def test_heights_are_those_of_the_real_corpus() -> None:
    assert np.median(_heights(False)) == pytest.approx(85, abs=5)
    assert np.median(_heights(True)) == pytest.approx(118, abs=5)


def test_ink_is_smooth_and_nearly_black_and_white() -> None:
    picture = draw_glyph("ж", False, np.random.default_rng(1))
    assert picture.min() == 0
    between = (picture > 20) & (picture < 235)
    assert 0 < between.mean() < 0.1


@pytest.mark.parametrize("label", ["", "ы", "А", "10", "аб"])
def test_a_label_outside_the_alphabet_is_refused_by_name(label: str) -> None:
    with pytest.raises(InputError, match="no letterform"):
        draw_glyph(label, False, np.random.default_rng(0))
