"""The lines of paper go, and what crosses them stays."""

import cv2
import numpy as np
import pytest

from src.features.picture.ink import find_ink
from src.features.picture.lines import remove_lines
from src.features.picture.normalize import normalize
from tests.features.pictures import SHAPES, draw, likeness


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
        clean = normalize(draw(shape, 300, 14))
        assert likeness(normalize(picture), clean) > 0.9, shape
        found = find_ink(picture)
        assert found is not None
        assert cv2.connectedComponents(found.mask)[0] == 2, shape


@pytest.mark.parametrize("slope", [-0.06, -0.02, 0.0, 0.035, 0.06])
def test_lines_that_are_not_quite_level_go(slope: float) -> None:
    rows, columns = np.mgrid[0:200, 0:200]
    away = (rows + slope * columns) % 40
    darkness = np.clip(2 - np.minimum(away, 40 - away), 0, 1).astype(np.float32)[..., None]
    left, any_lines = remove_lines(darkness)
    assert any_lines
    assert np.count_nonzero(left > 0.3) < 0.01 * np.count_nonzero(darkness > 0.3)


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_where_there_are_no_lines_nothing_is_taken_away(shape: str) -> None:
    darkness = np.asarray(1 - np.asarray(draw(shape), np.float32) / 255, np.float32)[..., None]
    left, any_lines = remove_lines(darkness)
    assert not any_lines
    assert np.array_equal(left, darkness)
