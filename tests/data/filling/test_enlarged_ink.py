"""What the makers of letters rely on when they work on enlarged ink."""

import numpy as np
import pytest

from src.data.filling.enlarged_ink import (
    add_strokes,
    as_picture,
    enlarge,
    has_loop,
    ink_points,
    pen_breadth,
    slant,
    split_ink,
    transform,
)
from src.features.picture.normalize import normalize
from tests.data import crafted_letters as crafted


def test_parts_come_with_the_largest_first_and_without_specks() -> None:
    picture = crafted.i(dots=2)
    picture[27, 27] = 0
    parts = split_ink(picture)
    assert [int(part.sum()) for part in parts] == sorted((int(part.sum()) for part in parts), reverse=True)
    assert len(parts) == 3
    assert not np.logical_or.reduce(parts)[27, 27]


def test_only_closed_ink_has_a_loop() -> None:
    assert has_loop(crafted.ring() < 128)
    assert not has_loop(crafted.e() < 128)
    assert not has_loop(crafted.BLANK < 128)


@pytest.mark.parametrize("lean", [-0.3, 0.0, 0.4])
def test_slant_is_the_shift_to_the_right_per_unit_of_height(lean: float) -> None:
    assert slant(crafted.draw([(14, 4), (14, 24)], lean=lean) < 128) == pytest.approx(lean, abs=0.05)


def test_enlarged_ink_is_the_same_letter_to_the_network() -> None:
    image = normalize(as_picture(enlarge(crafted.e() < 128))).image
    assert np.abs(image.astype(float) - normalize(crafted.e()).image).mean() < 8


def test_a_pen_is_measured_where_it_has_drawn() -> None:
    ink = add_strokes(np.zeros((200, 200), np.uint8), [np.array([-60 - 20j, 60 + 20j])], 11.0)
    assert pen_breadth(ink) == pytest.approx(11, abs=2)
    points = ink_points(ink)
    assert points.mean() == pytest.approx(0, abs=0.5)
    assert np.ptp(points.real) == pytest.approx(131, abs=3)


def test_a_shear_moves_what_is_above_the_centre_to_the_right() -> None:
    ink = enlarge(crafted.draw([(14, 4), (14, 24)]) < 128)
    sheared = transform(ink, np.array([[1.0, -0.5], [0.0, 1.0]]))
    assert slant(sheared > 127) == pytest.approx(0.5, abs=0.05)
