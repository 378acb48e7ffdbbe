"""What people may draw on and with, and still be read: the glyph is that of the same drawing on white paper."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from benchmarks.made_paper import PAPERS
from src.data.writer.draw import draw_glyph
from src.features.labels import LETTERS
from src.features.picture.ink import find_ink
from src.features.picture.normalize import normalize
from tests.features.pictures import SHAPES, assert_whole, draw, likeness, noises

Pixels = NDArray[np.uint8]
LIKE = 0.8


def drawings(seed: int, count: int) -> list[NDArray[np.float64]]:
    """Letters by many hands, as ink of 0 to 1."""
    generator = np.random.default_rng(seed)
    return [
        1 - draw_glyph(LETTERS[number % len(LETTERS)], number % 2 == 0, generator).astype(np.float64) / 255
        for number in range(count)
    ]


def on_white(ink: NDArray[np.float64]) -> Pixels:
    return np.asarray(np.round(255 - 255 * ink), np.uint8)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_letter_on_paper_becomes_the_same_glyph_as_on_white(paper: str) -> None:
    generator = np.random.default_rng(7)
    alike = [likeness(normalize(PAPERS[paper](ink, generator)), normalize(on_white(ink))) for ink in drawings(1, 66)]
    assert np.mean(np.array(alike) > LIKE) > 0.93, sorted(alike)[:8]


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ((255, 130, 150), (180, 170, 168)), ((190, 225, 50), (205, 200, 205)), ((250, 160, 60), (190, 180, 180)),
        ((240, 240, 90), (255, 255, 255)), ((150, 200, 255), (200, 190, 170)), ((255, 255, 255), (40, 70, 50)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_ink_is_found_by_its_colour(shape: str, ink: tuple[int, int, int], paper: tuple[int, int, int]) -> None:
    covered = 1 - np.asarray(draw(shape), np.float64)[..., None] / 255
    picture = np.round(np.array(paper) + covered * (np.array(ink) - np.array(paper))).astype(np.uint8)
    for seen in (picture, Image.fromarray(picture)):
        assert likeness(normalize(seen), normalize(draw(shape))) > 0.97


@settings(deadline=None, max_examples=300)
@given(channels=st.tuples(noises(300), noises(300), noises(300)), height=st.integers(1, 300), width=st.integers(1, 300))
@example(channels=(np.zeros((1, 1), np.uint8),) * 3, height=1, width=500)
@example(channels=(np.eye(2, dtype=np.uint8) * 255,) * 3, height=500, width=3)
def test_any_coloured_picture_gives_a_whole_glyph_or_a_blank_one(
    channels: tuple[Pixels, Pixels, Pixels], height: int, width: int
) -> None:
    sized = [cv2.resize(channel, (width, height), interpolation=cv2.INTER_NEAREST) for channel in channels]
    assert_whole(normalize(np.stack(sized, axis=2).astype(np.uint8)))


def test_grey_ink_is_the_same_in_a_coloured_picture() -> None:
    grey = np.asarray(draw("З"), np.uint8)
    coloured = np.repeat(grey[..., None], 3, axis=2)
    assert np.array_equal(normalize(coloured).image, normalize(grey).image)


@pytest.mark.parametrize("specks", [(2400, 5, 2), (500, 10, 4)])
@pytest.mark.parametrize("shape", ["З", "П", "ї", "Х"])
def test_dust_is_no_ink(shape: str, specks: tuple[int, int, int]) -> None:
    side, count, size = specks
    clean = np.asarray(draw(shape, side, side / 25), np.uint8)
    dirty, generator = clean.copy(), np.random.default_rng(3)
    for _ in range(count):
        row, column = generator.integers(0, side - size, 2)
        dirty[row : row + size, column : column + size] = 0
    assert likeness(normalize(dirty), normalize(clean)) > 0.97


def test_many_specks_as_large_as_a_thin_pen_s_dots_are_no_ink_and_the_dots_stay() -> None:
    clean = np.full((300, 300), 255, np.uint8)
    clean[110:220, 148:153] = clean[80:85, 138:143] = clean[80:85, 158:163] = 0
    dirty = clean.copy()
    for row, column in [(20, 30), (250, 40), (30, 270), (270, 250), (150, 280), (140, 15)]:
        dirty[row : row + 5, column : column + 5] = 0
    assert np.array_equal(normalize(dirty).image, normalize(clean).image)


@pytest.mark.parametrize("rise", [30, 60, 90])
def test_a_dot_stays_however_far_it_is(rise: int) -> None:
    picture = np.full((300, 300), 255, np.uint8)
    picture[150:260, 145:156] = 0
    picture[150 - rise : 159 - rise, 146:155] = 0
    found = find_ink(picture)
    assert found is not None
    assert cv2.connectedComponents(found.mask)[0] == 3


def _cell(picture: Pixels, sides: tuple[int, ...], thickness: int, inset: int) -> Pixels:
    lined = picture.copy()
    for side in sides:
        np.rot90(lined, side)[inset : inset + thickness] = 0
    return lined


@pytest.mark.parametrize("sides", [(0,), (1,), (0, 2), (1, 2), (0, 1, 2), (0, 1, 2, 3)])
@pytest.mark.parametrize(("thickness", "inset"), [(1, 0), (2, 3), (4, 0), (4, 10)])
def test_the_lines_of_a_form_s_cell_are_no_ink(sides: tuple[int, ...], thickness: int, inset: int) -> None:
    for shape in SHAPES:
        clean = np.asarray(draw(shape, 150, 8), np.uint8)
        assert likeness(normalize(_cell(clean, sides, thickness, inset)), normalize(clean)) > 0.97


@pytest.mark.parametrize("turn", range(4))
def test_the_bar_of_a_letter_that_is_cut_out_tightly_stays(turn: int) -> None:
    letter = np.full((120, 100), 255, np.uint8)
    letter[:5] = letter[:, 48:53] = 0  # Т
    found = find_ink(np.rot90(letter, turn))
    assert found is not None
    assert found.mask.sum() == np.count_nonzero(letter == 0)


@pytest.mark.parametrize("lines", [1, 2])
def test_strokes_stay_whole_where_lines_cross_them_and_lines_leave_no_dots(lines: int) -> None:
    """Lines of 70 % of the ink's darkness, in one direction and in two, pixel-sharp."""
    for shape in ("З", "О", "Х", "1"):
        ink = 1 - np.asarray(draw(shape, 300, 14), np.float64) / 255
        ruled = np.zeros((300, 300))
        ruled[20::56] = ruled[21::56] = 0.7
        if lines == 2:
            ruled[:, 31::56] = ruled[:, 32::56] = 0.7
        picture = np.round(255 - 235 * np.maximum(ink, ruled)).astype(np.uint8)
        clean = normalize(on_white(ink))
        assert likeness(normalize(picture), clean) > 0.9, shape
        found = find_ink(picture)
        assert found is not None
        assert cv2.connectedComponents(found.mask)[0] == 2, shape


def test_a_light_pen_on_a_dark_board_in_uneven_light_is_read() -> None:
    y, x = np.mgrid[0:200, 0:200] / 200
    for shape in SHAPES:
        ink = 1 - np.asarray(draw(shape), np.float64) / 255
        board = 40 + 40 * x + 10 * y
        picture = np.round(board + ink * (220 - board)).astype(np.uint8)
        assert likeness(normalize(picture), normalize(draw(shape))) > 0.9


@pytest.mark.parametrize("make", [lambda: np.full((50, 50), 90, np.uint8), lambda: np.zeros((0, 9), np.uint8)])
def test_a_blank_picture_has_no_ink(make: Callable[[], Pixels]) -> None:
    assert find_ink(make()) is None


def test_shade_alone_is_no_ink() -> None:
    y, x = np.mgrid[0:200, 0:300]
    grain = np.random.default_rng(1).normal(0, 1.5, (200, 300))
    falling, vignette = 120 + x / 3, 230 - ((x - 150) ** 2 + (y - 100) ** 2) / 300
    edges = (((x - 150) / 2), ((y - 90) / 2), ((x + 2 * y - 350) / 5), ((5 * x + y - 850) / 9))
    for shade in (falling, vignette, *(180 - 40 * np.tanh(away) for away in edges)):
        assert find_ink(np.asarray(shade + grain, np.uint8)) is None
