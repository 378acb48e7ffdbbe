"""Dust: small pieces of ink that belong to no character."""

import cv2
import numpy as np
from numpy.typing import NDArray

from src.features.picture.grey import Grey

_LEAST_SIDE = 40
"""In a smaller picture dust cannot be told from a broken stroke, px."""
_DUST_AREA, _DUST_LENGTH = 0.05, 0.25
"""Ink is dust that covers less than so many squares of the pen's width, and is shorter than so many widths."""
_GRAIN_AREA, _GRAIN_LENGTH = 0.4, 1.0
"""The same of a photograph."""
_DOT_LEAST, _DOT_AREA, _MOST_DOTS = 0.5, 2.0, 3
"""Pieces of fewer squares may be dots or accents. Of many the smallest are dust, and those that lie elsewhere."""
_ASIDE, _ABOVE = 0.3, 1.0
"""Where dots and accents lie: so far aside of the largest piece and above it, of its longer side."""
_MOST_DUST = 0.25
"""Of all ink, no more is dust."""
_LARGER = 1.5
"""Where there is dust, a dot is so many times as large, or there are at most two."""


def without_dust(mask: Grey, *, grainy: bool = False) -> Grey:
    """Return a mask of ink, 0 or 1, without pieces that are too small for its pen, or small and scattered.

    Args:
        mask: Of the ink.
        grainy: Whether grain and lines of the paper were taken away before, which leave specks.
    """
    if min(mask.shape) < _LEAST_SIDE or not _has_pieces(mask):
        return mask
    _, pieces, table, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    stats = np.asarray(table, np.int32)[1:]
    areas = stats[:, cv2.CC_STAT_AREA]
    largest = int(areas.argmax())
    pen = _pen(np.asarray(pieces, np.int32), stats[largest], largest + 1)
    lengths = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    least, shortest = (_GRAIN_AREA, _GRAIN_LENGTH) if grainy else (_DUST_AREA, _DUST_LENGTH)
    dust = (areas < least * pen**2) & (lengths < shortest * pen)
    small = ~dust & (areas < _DOT_AREA * pen**2)
    if np.count_nonzero(small) > _MOST_DOTS:
        dust |= small & ~(_are_dots(stats, small, largest) & (areas > _DOT_LEAST * pen**2))
    dust[largest] = False
    if grainy:
        dust |= _at_the_edge(stats, mask.shape) & (areas < areas[largest] / 2)
    if areas[dust].sum() > _MOST_DUST * areas.sum():  # of a broken stroke, no piece is dust
        return mask
    return np.asarray(np.concatenate([[0], ~dust]).astype(np.uint8)[pieces], np.uint8) if dust.any() else mask


def _has_pieces(mask: Grey) -> bool:
    """Say whether there is more than one piece, which outlines tell sooner than a map of all pieces."""
    outlines, parents = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return len(outlines) > 1 and int(np.count_nonzero(np.asarray(parents)[0, :, 3] < 0)) > 1


def _at_the_edge(stats: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Say which pieces reach the edge of the picture: rests of lines and shadows, or a neighbour's ink."""
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    return np.asarray((left <= 1) | (top <= 1) | (right >= shape[1] - 1) | (bottom >= shape[0] - 1))


def _pen(pieces: NDArray[np.int32], place: NDArray[np.int32], number: int) -> float:
    """Return the width of the strokes of a piece, px: four times the mean distance to paper, less two pixels."""
    left, top, width, height, _ = place
    own = (pieces[top : top + height, left : left + width] == number).astype(np.uint8)
    framed = cv2.copyMakeBorder(own, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, 5)
    return 4 * float(depth[depth > 0].mean()) - 2


def _are_dots(stats: NDArray[np.int32], small: NDArray[np.bool_], largest: int) -> NDArray[np.bool_]:
    """Say which of many small pieces are dots: those above the largest, where they are few or larger than the rest."""
    left, top, width, height, _ = stats[largest]
    reach = max(width, height)
    middle = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] / 2
    bottom = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT]
    beside = (middle > left - _ASIDE * reach) & (middle < left + width + _ASIDE * reach)
    above = small & beside & (bottom <= top + height / 4) & (bottom >= top - _ABOVE * reach)
    if np.count_nonzero(above) <= 2:  # as ї has
        return np.asarray(above)
    areas = stats[:, cv2.CC_STAT_AREA]
    others = areas[small & ~above]
    return np.asarray(above & (areas > _LARGER * others.max())) if others.size else np.asarray(above)
