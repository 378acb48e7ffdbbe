"""Very many pictures as the network sees them."""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from src.common.cores import on_all_cores
from src.features.picture.grey import Grey
from src.features.picture.normalize import normalize


class Normalised(NamedTuple):
    """images: (n, side, side) uint8, white ink on black, all zero where the picture is blank.

    relative_heights: (n,) float64 in (0, 1], NaN where the picture is blank.
    heights_by_pen: (n,) float64 in (0, 1], what the pen tells of them; NaN where it tells nothing.
    """

    images: NDArray[np.uint8]
    relative_heights: NDArray[np.float64]
    heights_by_pen: NDArray[np.float64]

    @property
    def blank(self) -> NDArray[np.bool_]:
        """Which pictures are blank, (n,)."""
        return np.isnan(self.relative_heights)


def normalise_all(pictures: Iterable[Grey], side: int, title: str) -> Normalised:
    """Normalise each grey (height, width) uint8 picture to `side` px on all cores, under a progress bar of this title.

    Raises:
        WorkError: A process was killed.
    """
    glyphs = on_all_cores(partial(normalize, side=side), list(pictures), title)
    images = np.empty((len(glyphs), side, side), np.uint8)
    for image, glyph in zip(images, glyphs, strict=True):
        image[:] = glyph.image
    heights = ([glyph.relative_height for glyph in glyphs], [glyph.height_by_pen for glyph in glyphs])
    return Normalised(images, *(np.array(each, np.float64) for each in heights))
