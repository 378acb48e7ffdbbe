"""That the way into the network is the one that the models were trained with, to the pixel."""

import numpy as np
import pytest

from tests.features.picture.golden import glyphs, kept

GLYPHS, KEPT = glyphs(), kept()
HEIGHTS = {
    "usual": (0.69, 0.6662),
    "white on grey": (0.69, 0.6642),
    "hairline": (0.6067, None),
    "hairline, large": (0.6043, None),
    "bold": (0.805, 0.3649),
    "small": (0.6786, 0.5279),
    "small, binary": (0.6786, 0.5513),
    "tiny": (0.75, 0.3838),
    "large": (0.662, 0.8771),
    "dots": (0.745, 0.7382),
    "specks": (0.685, 0.6833),
    "two pens": (0.735, 0.5393),
    "pale ink": (0.6917, 0.68),
    "dash": (0.0778, 0.0839),
    "point": (0.0833, 0.1512),
    "pixel": (0.0333, 0.1445),
    "ring at the edge": (0.5703, 0.5188),
    "wide": (1.0, 0.3955),
    "noise": (1.0, 0.3436),
    "low contrast": (0.69, 0.6636),
}
"""Of each picture the relative height, and what the pen tells of it."""
ROUNDING = 2
"""Grey values by which processors may differ."""


@pytest.mark.parametrize("name", GLYPHS)
def test_a_picture_becomes_what_it_became_when_the_models_were_trained(name: str) -> None:
    differences = np.abs(GLYPHS[name].image.astype(int) - KEPT[name])
    assert differences.max() <= ROUNDING
    assert GLYPHS[name][1:] == pytest.approx(HEIGHTS[name], abs=1e-3)
