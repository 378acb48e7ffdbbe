import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from src.data.cleaning.glyph_ink import Box, measure_ink

SIDE = 200


def paper(*boxes: Box) -> NDArray[np.uint8]:
    grey = np.full((SIDE, SIDE), 255, np.uint8)
    for box in boxes:
        grey[box.top : box.bottom, box.left : box.right] = 0
    return grey


LETTER = Box(60, 60, 120, 140)
LINE = Box(150, 0, 160, 199)


@settings(deadline=None)
@given(st.integers(0, SIDE - 1), st.integers(0, SIDE - 1), st.integers(1, SIDE), st.integers(1, SIDE))
def test_one_piece_of_ink_is_measured_exactly_wherever_it_lies(left: int, top: int, width: int, height: int) -> None:
    box = Box(left, top, min(left + width, SIDE), min(top + height, SIDE))

    ink = measure_ink(paper(box))

    assert ink is not None
    assert (ink.whole, ink.letter, ink.line, ink.specks) == (box, box, None, ())


def test_a_blank_picture_has_no_ink() -> None:
    assert measure_ink(paper()) is None


def test_a_line_as_high_as_the_picture_right_of_the_letter_is_told_from_it() -> None:
    ink = measure_ink(paper(LETTER, LINE))

    assert ink is not None
    assert (ink.whole, ink.letter, ink.line) == (LETTER.union(LINE), LETTER, LINE)


def test_a_high_stroke_is_no_line_where_it_ends_early_is_wide_stands_left_or_alone() -> None:
    for boxes in (
        [LETTER, Box(150, 10, 160, 180)],
        [LETTER, Box(130, 0, 160, 199)],
        [LETTER, Box(20, 0, 30, 199)],
        [LINE],
    ):
        ink = measure_ink(paper(*boxes))
        assert ink is not None
        assert ink.line is None
        assert ink.letter == ink.whole


def test_a_far_speck_is_told_from_the_letter_also_beside_a_line() -> None:
    speck = Box(5, 5, 8, 8)

    ink = measure_ink(paper(LETTER, LINE, speck))

    assert ink is not None
    assert ink.letter == LETTER
    assert [part.box for part in ink.specks] == [speck]


@pytest.mark.parametrize("near", [Box(85, 22, 90, 27), Box(155, 100, 158, 110), Box(85, 175, 90, 178)])
def test_dots_and_broken_strokes_near_the_letter_are_kept(near: Box) -> None:
    ink = measure_ink(paper(LETTER, near))

    assert ink is not None
    assert ink.letter == LETTER.union(near)
    assert ink.specks == ()


def test_what_is_near_to_another_part_of_the_letter_is_kept_too() -> None:
    chain = [Box(40, 80, 80, 140), Box(110, 100, 114, 104), Box(145, 100, 149, 104), Box(180, 100, 184, 104)]

    ink = measure_ink(paper(*chain))

    assert ink is not None
    assert ink.letter == ink.whole


def test_a_large_piece_far_away_is_half_of_the_letter_and_not_a_speck() -> None:
    far_half = Box(165, 60, 195, 140)

    ink = measure_ink(paper(LETTER, far_half))

    assert ink is not None
    assert ink.letter == LETTER.union(far_half)


@settings(deadline=None)
@given(st.integers(0, SIDE - 4), st.integers(0, SIDE - 4))
def test_a_box_always_parts_letter_and_specks(left: int, top: int) -> None:
    ink = measure_ink(paper(LETTER, Box(left, top, left + 4, top + 4)))

    assert ink is not None
    for speck in ink.specks:
        assert speck.box.gap(ink.letter) > 0
    assert ink.specks or ink.letter == ink.whole
