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


@pytest.mark.parametrize("make", [lambda: np.full((50, 50), 90, np.uint8), lambda: np.zeros((0, 9), np.uint8)])
def test_a_blank_picture_has_no_ink(make: Callable[[], Pixels]) -> None:
    assert find_ink(make()) is None
