"""Ink of 28x28 pictures at four times its size, where letters can be slanted and strokes be added to them.

Enlarged ink is smoothed about as much as `normalize` smooths a small picture, so that what is made of a picture has no
texture of its own.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from src.data.writer.pen import Nib, draw_ink
from src.data.writer.spline import Points
from src.features.picture.grey import Grey

Mask = NDArray[np.bool_]

_ZOOM = 4
_FRAME = 3
"""Paper around a picture, px, as far as smoothing reaches."""
_ROOM = 52
"""More paper around the enlarged picture, px: for dots."""
_SMOOTHING = 1.7
_SPECK = 3
_MARGIN = 4


def split_ink(picture: Grey) -> list[Mask]:
    """Return the connected parts of a picture's black ink that have at least 3 px, the largest first."""
    count, places, statistics, _ = cv2.connectedComponentsWithStats((picture < 128).astype(np.uint8), connectivity=8)
    areas = statistics[:, cv2.CC_STAT_AREA]
    parts = sorted((part for part in range(1, count) if areas[part] >= _SPECK), key=lambda part: -areas[part])
    return [np.asarray(places == part, np.bool_) for part in parts]


def has_loop(ink: Mask) -> bool:
    """Say whether ink encloses paper."""
    paper = np.pad(~ink, 1, constant_values=True).astype(np.uint8)
    return int(cv2.connectedComponents(paper, connectivity=4)[0]) > 2


def slant(ink: Mask) -> float:
    """Return how far ink leans to the right per unit of height: the regression of its columns on its rows."""
    moments = cv2.moments(ink.astype(np.uint8), binaryImage=True)
    return -float(moments["mu11"] / max(moments["mu02"], 1e-9))


def enlarge(ink: Mask) -> Grey:
    """Return ink as a larger square picture, smooth and white on black, with room around."""
    framed = np.pad(ink.astype(np.uint8) * np.uint8(255), _FRAME)
    large = cv2.resize(framed, None, fx=_ZOOM, fy=_ZOOM, interpolation=cv2.INTER_CUBIC)
    return np.pad(np.asarray(cv2.GaussianBlur(large, (0, 0), _SMOOTHING), np.uint8), _ROOM)


def transform(ink: Grey, matrix: NDArray[np.float64]) -> Grey:
    """Return enlarged ink moved by a (2, 2) matrix about its centre; x to the right, y downwards."""
    centre = (np.array(ink.shape[::-1]) - 1) / 2
    motion = np.column_stack([matrix, centre - matrix @ centre])
    return np.asarray(cv2.warpAffine(ink, motion, ink.shape[::-1]), np.uint8)


def ink_points(ink: Grey) -> Points:
    """Return where the ink is, (n,) complex: x + iy from the picture's centre, y downwards, px."""
    rows, columns = np.nonzero(ink > 127)
    return np.asarray(columns - (ink.shape[1] - 1) / 2 + 1j * (rows - (ink.shape[0] - 1) / 2), np.complex128)


def pen_breadth(ink: Grey) -> float:
    """Return the breadth of the strokes, px: the mean distance to paper in a stroke is a quarter of it."""
    depth = cv2.distanceTransform((ink > 127).astype(np.uint8), cv2.DIST_L2, 5)
    return 4 * float(np.mean(depth[depth > 0]))


def add_strokes(ink: Grey, lines: list[Points], breadth: float) -> Grey:
    """Draw lines (as `ink_points` counts) with a round pen over enlarged ink."""
    return np.maximum(ink, draw_ink(lines, Nib(breadth, 1.0, 0.0), len(ink)))


def as_picture(ink: Grey) -> Grey:
    """Return enlarged ink as a picture: black on white, with a little paper around."""
    left, top, width, height = cv2.boundingRect((ink > 127).astype(np.uint8))
    return 255 - np.pad(ink[top : top + height, left : left + width], _MARGIN)
