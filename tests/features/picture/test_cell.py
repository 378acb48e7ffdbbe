"""The lines of a form's cell are no ink, and a letter's own bar is none of them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from src.features.picture.ink import find_ink
from src.features.picture.normalize import normalize
from tests.features.pictures import SHAPES, draw, likeness

Pixels = NDArray[np.uint8]


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
