"""Colours are kept where there are any, and pictures of any mode are what they look like."""

import numpy as np
import pytest
from PIL import Image

from src.features.picture.grey import to_grey
from src.features.picture.pixels import LONGEST_COLOURED, is_coloured, to_pixels

RED, PAPER = (200, 40, 40), (250, 250, 245)


def stripe(mode: str = "RGB", side: int = 60) -> Image.Image:
    pixels = np.full((side, side, 3), PAPER, np.uint8)
    pixels[side // 4 : side // 2] = RED
    return Image.fromarray(pixels).convert(mode)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "YCbCr", "CMYK", "HSV"])
def test_a_coloured_picture_keeps_its_colours(mode: str) -> None:
    pixels = to_pixels(stripe(mode))
    assert is_coloured(pixels)
    assert np.abs(pixels[20, 30].astype(int) - RED).max() <= 12
    assert np.abs(pixels[50, 30].astype(int) - PAPER).max() <= 12


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16", "F", "RGB", "RGBA", "P"])
def test_a_grey_picture_is_grey_in_any_mode(mode: str) -> None:
    picture = Image.fromarray(np.asarray(stripe("L"), np.uint8)).convert(mode)
    pixels = to_pixels(picture)
    assert not is_coloured(pixels)
    assert np.array_equal(pixels, to_grey(picture))


def test_a_slight_tint_as_jpeg_gives_to_grey_is_no_colour() -> None:
    tinted = np.full((40, 40, 3), (200, 208, 196), np.uint8)
    assert not is_coloured(to_pixels(Image.fromarray(tinted)))


@pytest.mark.parametrize(("ink", "paper"), [((200, 40, 40), 255), ((255, 250, 180), 0)])
def test_what_is_transparent_is_paper_that_the_ink_is_seen_on(ink: tuple[int, int, int], paper: int) -> None:
    picture = Image.new("RGBA", (40, 40), (9, 9, 9, 0))
    picture.paste((*ink, 255), (10, 10, 20, 30))
    pixels = to_pixels(picture)
    assert tuple(pixels[15, 15]) == ink
    assert tuple(pixels[0, 0]) == (paper,) * 3


def test_a_large_coloured_picture_is_made_smaller_and_looks_the_same() -> None:
    large = stripe(side=3 * LONGEST_COLOURED + 1)
    pixels = to_pixels(large)
    assert max(pixels.shape) < 2 * LONGEST_COLOURED
    small = np.asarray(large.resize(pixels.shape[1::-1], Image.Resampling.BOX), np.int16)
    assert np.abs(pixels - small).mean() < 1
