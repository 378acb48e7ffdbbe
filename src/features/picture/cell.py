"""The straight lines of a form's cell, near the edges of a picture."""

import numpy as np
from numpy.typing import NDArray

from src.features.picture.grey import Grey

_EDGE, _EDGE_SHARE = 14, 0.25
"""How far from the edge a cell's line may be, px, and as a share of the picture's side."""
_THICKEST, _THICKEST_SHARE = 4, 0.05
_FILLED = 0.9
"""The share of a line's pixels that are ink; it may be broken."""
_LEAST_SIDE = 40
"""In a smaller picture a line at the edge is a stroke, px."""


def without_cell(mask: Grey) -> Grey:
    """Return a mask of ink, 0 or 1, without straight lines near its edges that go from side to side."""
    if min(mask.shape) < _LEAST_SIDE:
        return mask
    ends = [_end_of_line(np.rot90(mask, turn)) for turn in range(4)]
    if not any(ends):
        return mask
    left = mask.copy()
    for turn, end in enumerate(ends):
        np.rot90(left, turn)[:end] = 0
    return left


def _end_of_line(mask: NDArray[np.uint8]) -> int:
    """Return the row below a line near the upper edge, 0 where there is none."""
    reach = min(_EDGE, int(len(mask) * _EDGE_SHARE))
    filled = np.flatnonzero(mask[:reach].mean(axis=1) > _FILLED)
    if filled.size == 0:
        return 0
    top, bottom = int(filled[0]), int(filled[-1])
    thin = bottom - top < max(_THICKEST, _THICKEST_SHARE * len(mask))
    end = bottom + 2  # its own smooth edge is not to stay
    return end if thin and mask[end:].any() and not _is_cut_tightly(mask) else 0


def _is_cut_tightly(mask: NDArray[np.uint8]) -> bool:
    """Say whether ink that is no line reaches the lower edge: the line above may be the bar of Т then."""
    middle = mask[-1, _EDGE:-_EDGE]
    return bool(middle.any() and middle.mean() <= _FILLED)
