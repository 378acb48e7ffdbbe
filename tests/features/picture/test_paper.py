"""Light and shade of the paper are no ink, and ink of any colour is."""

import numpy as np
import pytest

from src.features.picture.ink import find_ink
from src.features.picture.normalize import normalize
from src.features.picture.paper import darkness_of, strength_of
from tests.features.pictures import SHAPES, draw, likeness


def test_shade_alone_is_no_ink() -> None:
    y, x = np.mgrid[0:200, 0:300]
    grain = np.random.default_rng(1).normal(0, 1.5, (200, 300))
    falling, vignette = 120 + x / 3, 230 - ((x - 150) ** 2 + (y - 100) ** 2) / 300
    edges = (((x - 150) / 2), ((y - 90) / 2), ((x + 2 * y - 350) / 5), ((5 * x + y - 850) / 9))
    for shade in (falling, vignette, *(180 - 40 * np.tanh(away) for away in edges)):
        assert find_ink(np.asarray(shade + grain, np.uint8)) is None


def test_a_light_pen_on_a_dark_board_in_uneven_light_is_read() -> None:
    y, x = np.mgrid[0:200, 0:200] / 200
    for shape in SHAPES:
        ink = 1 - np.asarray(draw(shape), np.float64) / 255
        board = 40 + 40 * x + 10 * y
        picture = np.round(board + ink * (220 - board)).astype(np.uint8)
        assert likeness(normalize(picture), normalize(draw(shape))) > 0.9


@pytest.mark.parametrize("colour", [(255, 130, 150), (120, 200, 90), (60, 70, 160)])
def test_ink_is_as_strong_in_the_shade_as_in_the_light(colour: tuple[int, int, int]) -> None:
    light = np.linspace(1, 0.5, 200)[None, :, None]
    ink = np.zeros((200, 200, 1))
    ink[60:140, 40:48] = ink[60:140, 150:158] = 1
    picture = light * (np.array([200, 190, 185]) * (1 - ink) + np.minimum(np.array(colour), 200) * ink)
    strength = strength_of(darkness_of(np.asarray(picture, np.uint8)))
    in_light, in_shade = strength[65:135, 43:45].mean(), strength[65:135, 153:155].mean()
    assert in_light > 0.1
    assert in_shade == pytest.approx(in_light, rel=0.15)
