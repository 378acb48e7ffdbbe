"""Specks are no ink, and the dots of letters are no specks."""

import cv2
import numpy as np
import pytest

from src.features.picture.ink import find_ink
from src.features.picture.normalize import normalize
from tests.features.pictures import draw, likeness


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
