"""What the one way into the network keeps of a drawing, and what it must not let through."""

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from src.features.picture.frame import BOX, SIDE
from src.features.picture.normalize import Glyph, normalize
from tests.features.pictures import SHAPES, Grey, as_deep, assert_whole, draw, likeness, noises

shapes = st.sampled_from(sorted(SHAPES))


def box(image: Grey) -> tuple[int, int, int, int]:
    left, top, width, height = cv2.boundingRect((image > 127).astype(np.uint8))
    return left, top, width, height


def ink(glyph: Glyph) -> float:
    return float(glyph.image.sum()) / 255


@settings(deadline=None, max_examples=400)
@given(grey=noises())
@example(grey=np.array([[0, 200]], np.uint8))
@example(grey=np.array([[0]], np.uint8))
@example(grey=np.zeros((0, 0), np.uint8))
@example(grey=np.zeros((0, 5), np.uint8))
def test_any_grey_picture_gives_a_whole_glyph_or_a_blank_one(grey: Grey) -> None:
    assert_whole(normalize(grey))


@settings(deadline=None, max_examples=40, derandomize=True)
@given(shape=shapes, side=st.integers(28, 300), pen=st.floats(0.03, 0.1), paper=st.integers(0, 60))
def test_polarity_and_the_shade_of_paper_do_not_matter(shape: str, side: int, pen: float, paper: int) -> None:
    picture = draw(shape, side, pen * side).point(lambda value: max(0, value - paper))
    assert likeness(normalize(picture), normalize(ImageOps.invert(picture))) > 0.99


@settings(deadline=None, max_examples=40, derandomize=True)
@given(
    shape=shapes,
    side=st.integers(60, 400),
    pen=st.floats(0.02, 0.11),
    x=st.floats(-0.1, 0.1),
    y=st.floats(-0.1, 0.1),
)
@pytest.mark.parametrize("small", [SIDE, 32, 40])
def test_ink_fills_the_box_and_sits_in_the_middle(
    small: int, shape: str, side: int, pen: float, x: float, y: float
) -> None:
    image = normalize(draw(shape, side, pen * side, (x, y)), small).image
    assert image.shape == (small, small)
    left, top, width, height = box(image)
    middle, pixel = (small - 1) / 2, small / SIDE
    assert abs(max(width, height) - BOX * small) <= pixel
    assert abs(left + (width - 1) / 2 - middle) <= pixel
    assert abs(top + (height - 1) / 2 - middle) <= pixel


@settings(deadline=None, max_examples=40, derandomize=True)
@given(shape=shapes, side=st.integers(60, 500), pen=st.floats(0.015, 0.11))
@example(shape="1", side=80, pen=1 / 80)
@example(shape="1", side=150, pen=1 / 150)
@example(shape="П", side=100, pen=1 / 100)
@example(shape="ї", side=100, pen=1 / 100)
@example(shape="З", side=200, pen=2 / 200)
@example(shape="О", side=800, pen=1 / 800)
@example(shape="Х", side=1600, pen=2 / 1600)
def test_a_hairline_and_a_marker_draw_the_same_glyph(shape: str, side: int, pen: float) -> None:
    usual, other = normalize(draw(shape)), normalize(draw(shape, side, pen * side))
    assert likeness(usual, other) > 0.88
    assert 0.75 < ink(other) / ink(usual) < 1.3


@settings(deadline=None, max_examples=40, derandomize=True)
@given(shape=shapes, side=st.integers(80, 250), pen=st.floats(0.04, 0.11))
def test_twice_the_size_is_the_same_glyph(shape: str, side: int, pen: float) -> None:
    small, large = normalize(draw(shape, side, pen * side)), normalize(draw(shape, 2 * side, 2 * pen * side))
    assert likeness(small, large) > 0.94
    assert small.relative_height is not None
    assert large.relative_height == pytest.approx(small.relative_height, abs=2 / side)


@pytest.mark.parametrize("value", [0, 1, 127, 255])
@pytest.mark.parametrize("mode", ["L", "RGBA", "I;16", "F"])
def test_a_blank_picture_gives_no_ink_and_no_height(value: int, mode: str) -> None:
    glyph = normalize(Image.fromarray(np.full((40, 30), value, np.uint8)).convert(mode))
    assert not glyph.image.any()
    assert glyph.relative_height is None


def test_faint_noise_of_a_scanner_is_blank() -> None:
    noise = np.random.default_rng(1).integers(235, 256, (100, 100)).astype(np.uint8)
    assert normalize(noise).relative_height is None
    assert normalize(as_deep(Image.fromarray(noise), "I;16")).relative_height is None


def test_relative_height_is_the_inks_share_of_the_pictures_height() -> None:
    picture = np.full((200, 100), 255, np.uint8)
    picture[30:80, 40:60] = 0
    assert normalize(picture).relative_height == 0.25


def test_different_shapes_stay_different() -> None:
    glyphs = {shape: normalize(draw(shape)) for shape in SHAPES}
    alike = [(a, b) for a in glyphs for b in glyphs if a < b and likeness(glyphs[a], glyphs[b]) > 0.8]
    assert alike == []


def test_the_picture_is_left_as_it_was() -> None:
    picture = np.array(draw("З"))
    before = picture.copy()
    normalize(picture)
    assert np.array_equal(picture, before)


def test_a_small_binary_letter_keeps_the_gaps_between_its_strokes() -> None:
    ink = np.zeros((28, 28), np.uint8)
    for left in (4, 9, 14, 19):  # strokes 3 px wide, 2 px apart
        ink[4:24, left : left + 3] = 255
    ink[21:24, 4:22] = 255
    row = normalize(255 - ink).image[SIDE // 2] > 127
    assert np.count_nonzero(np.diff(row.astype(int)) == 1) == 4


def _letter_i() -> np.ndarray:
    ink = np.zeros((200, 200), np.uint8)
    ink[70:160, 96:105] = 255
    ink[46:56, 80:90] = 255
    return ink


def _pieces(ink: np.ndarray) -> int:
    count, _ = cv2.connectedComponents((normalize(255 - ink).image > 40).astype(np.uint8))
    return count - 1


@pytest.mark.parametrize(("width", "height"), [(3, 4), (4, 3), (3, 6), (5, 5), (8, 8)])
def test_a_dot_that_is_much_lighter_than_the_strokes_stays(width: int, height: int) -> None:
    ink = _letter_i()
    assert _pieces(ink) == 2
    ink[50 : 50 + height, 110 : 110 + width] = 255
    assert _pieces(ink) == 3


@pytest.mark.parametrize("speck", [1, 2])
def test_a_speck_of_dirt_is_no_dot(speck: int) -> None:
    ink = _letter_i()
    ink[50 : 50 + speck, 110 : 110 + speck] = 255
    assert _pieces(ink) == 2


@pytest.mark.parametrize("width", [3, 4, 6])
def test_a_thin_line_between_bold_strokes_keeps_them_together(width: int) -> None:
    ink = np.zeros((200, 200), np.uint8)
    ink[50:150, 50:62] = ink[50:150, 140:152] = 255
    assert _pieces(ink) == 2
    ink[100 : 100 + width, 62:140] = 255
    assert _pieces(ink) == 1


@settings(deadline=None, max_examples=40, derandomize=True)
@given(shape=st.sampled_from("ЗПОХ"), side=st.integers(60, 400), pen=st.floats(0.08, 0.12))
def test_what_the_pen_tells_of_the_height_does_not_change_with_the_scale(shape: str, side: int, pen: float) -> None:
    small, large = (normalize(draw(shape, size, pen * size)).height_by_pen for size in (side, 500))
    assert small is not None
    assert small == pytest.approx(large, rel=0.15)


@pytest.mark.parametrize("shape", "ЗПОХ")
def test_the_pen_tells_how_much_higher_a_letter_is_of_half_the_pen(shape: str) -> None:
    bold, fine = (normalize(draw(shape, 300, pen)).height_by_pen for pen in (40, 20))
    assert bold is not None
    assert fine is not None
    spine = 0.6 if shape in "ЗОХ" else 0.55  # the ink is higher by one pen
    assert fine / bold == pytest.approx((spine * 300 / 20 + 1) / (spine * 300 / 40 + 1), rel=0.15)


def test_a_pen_finer_than_those_on_paper_tells_nothing_of_the_height() -> None:
    glyph = normalize(draw("П", 300, 4))
    assert glyph.relative_height is not None
    assert glyph.height_by_pen is None
