"""The one way into the network: a picture of any size, paper, pen or mode becomes a small one, white ink on black.

What is ink is found in `ink`. Every glyph gets the same box, centring, pen and grey, whatever drew it. Otherwise a
network tells MNIST's digits from scanned letters by their thickness, and fails on the first drawing it did not train
on. The pen is evened out at a higher resolution: the ridge of the distance transform (Blum's medial axis, 1967) is
drawn again with a pen whose median width is fixed and which keeps some of what is thin or bold within the glyph; what
remains of the ink after thinning it to that pen keeps together whatever the ridge has lost, and ink too fine for a
ridge is drawn as far as it is no dirt.
Hairlines, which would vanish when a large picture is made small, are thickened first.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from src.features.picture.frame import BOX, PEN, SIDE
from src.features.picture.grey import Grey
from src.features.picture.ink import find_ink
from src.features.picture.pixels import Pixels, to_pixels

_WORK = 80
"""Longest side of the ink while its strokes are measured, px."""
_MARGIN = 8
_HAIRLINE = 3.0
"""Strokes thinner than this at `_WORK` have no ridge, px; 99 % of rukopys and all of MNIST are thicker."""
_THICKENED = 4.5
_RIDGE_SLOPE = 0.35
_FAR, _NEAR = 7, 5
"""Ink with no ridge in a square of the one side around it is faint; its deepest in the other square is drawn, px."""
_FAINT = 5
"""Faint ink of fewer pixels in the smaller square is dirt."""
_PRESSURE = 0.6
"""How much of a stroke's boldness within its glyph stays: 0 for none, 1 for all."""
_LIGHTEST, _BOLDEST = 0.45, 2.0
"""The finest and the widest stroke, as shares of the median one."""
_MIN_RIDGE = 8.0
_OVERSAMPLING = 4
_PENS_A_LINE = 10.0
"""About the height of the tallest characters on NIST's forms; 99 % of EMNIST's are less."""


class Glyph(NamedTuple):
    """What the network is given of a picture.

    image: (side, side) uint8, white ink on black; all zero where the picture is blank.
    relative_height: height of the ink / height of the picture, in (0, 1]; None where the picture is blank.
    height_by_pen: What the pen tells of it, in (0, 1]: height of the ink / ten widths of its strokes. Pictures that are
        all scaled to one size have lost any other trace. None where the picture is blank, and where the pen is finer
        than those on paper, which tells nothing.
    """

    image: Grey
    relative_height: float | None
    height_by_pen: float | None = None


def normalize(picture: Image.Image | Pixels, side: int = SIDE) -> Glyph:
    """Turn a picture into a `Glyph` of `side` px.

    Args:
        picture: A Pillow image of any mode, or uint8 (height, width) grey or (height, width, 3) red, green and blue.
        side: Of the glyph's picture.
    """
    pixels = to_pixels(picture) if isinstance(picture, Image.Image) else picture
    del picture
    found = find_ink(pixels)
    del pixels  # where nobody else has it, 40 MB of a large one
    if found is None:
        return Glyph(np.zeros((side, side), np.uint8), None)
    ink, mask, threshold = found
    left, top, width, height = cv2.boundingRect(mask)
    box = np.s_[top : top + height, left : left + width]
    enlarged = _enlarge(_thicken(ink[box], mask[box]))
    # Shrinking and smoothing pale the thinnest ink: some of it must stay.
    strokes = enlarged > min(threshold, float(enlarged.max()) / 2)
    depth = np.asarray(cv2.distanceTransform(strokes.astype(np.uint8), cv2.DIST_L2, 5), np.float32)
    return Glyph(_redraw(depth, side), height / len(ink), _height_by_pen(depth))


def _thicken(ink: Grey, mask: Grey) -> Grey:
    """Return cropped ink as it is, or drawn with a thicker pen where its strokes are hairlines.

    Up to 3 px of the pen's width are due to whole pixels.
    """
    scale = _WORK / max(mask.shape)
    # No name for the depth: of a large picture it takes 160 MB, which the distance below needs.
    pen = scale * (_pen(np.asarray(cv2.distanceTransform(_frame(mask, 1), cv2.DIST_L2, 5), np.float32)) - 3)
    if pen >= _HAIRLINE:
        return ink
    radius = math.ceil((_THICKENED - pen) / scale / 2)
    distance = cv2.distanceTransform(1 - _frame(mask, radius), cv2.DIST_L2, 5)
    return np.asarray(distance <= radius, np.uint8) * np.uint8(255)


def _pen(depth: NDArray[np.float32]) -> float:
    """Return the width of strokes, of whose width the mean distance to paper is a quarter, px."""
    return 4 * float(np.mean(depth[depth > 0]))


def _height_by_pen(depth: NDArray[np.float32]) -> float | None:
    _, _, _, height = cv2.boundingRect((depth > 0).astype(np.uint8))
    told = height / (_PENS_A_LINE * _pen(depth))
    return told if told <= 1 else None


def _frame(picture: Grey, margin: int) -> Grey:
    framed = cv2.copyMakeBorder(picture, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(framed, np.uint8)


def _enlarge(ink: Grey) -> Grey:
    """Scale cropped ink so that its longest side is `_WORK` px, with a margin of paper around."""
    height, width = ink.shape
    scale = _WORK / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    enlarged = cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    framed = _frame(np.asarray(enlarged, np.uint8), _MARGIN)
    if scale > 1:  # the steps of small pixels are no shape
        framed = np.asarray(cv2.GaussianBlur(framed, (0, 0), 1.5), np.uint8)
    return framed


def _redraw(depth: NDArray[np.float32], side: int) -> Grey:
    """Draw (height, width) ink, of which the depth is given, again: pen `PEN`, box `BOX`, in `side` x `side`."""
    ridge = _ridge(depth)
    _, _, width, height = cv2.boundingRect(ridge.astype(np.uint8))
    radius = PEN / 2 * max(width, height, _MIN_RIDGE) / (BOX - PEN)
    depths = depth[ridge]
    usual = _median(depths)
    line = _draw_ridge(ridge, radius * np.clip((depths / usual) ** _PRESSURE, _LIGHTEST, _BOLDEST))
    excess = usual - radius
    if excess > 0:
        line = np.maximum(line, depth - max(excess, 0.75) - 0.25)
    return _place(np.clip(line + 0.5, 0, 1).astype(np.float32) * 255, side)


def _draw_ridge(ridge: NDArray[np.bool_], radius: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return by how much each pixel lies within a pen of `radius` (one for each pixel of the ridge) there, px."""
    distance, nearest = cv2.distanceTransformWithLabels(
        (~ridge).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    radii = np.zeros(len(radius) + 1, np.float32)
    radii[nearest[ridge]] = radius
    return np.asarray(radii.take(np.asarray(nearest, np.int32)) - distance, np.float32)


def _place(drawn: NDArray[np.float32], side: int) -> Grey:
    """Scale a drawing so that its ink's longest side is `BOX` of `side`, centred in `side` x `side`."""
    left, top, width, height = cv2.boundingRect((drawn > 127).astype(np.uint8))
    fine = side * _OVERSAMPLING
    zoom = fine * BOX / max(width, height, _MIN_RIDGE)
    centre = (fine - 1) / 2
    shift_x, shift_y = centre - zoom * (left + (width - 1) / 2), centre - zoom * (top + (height - 1) / 2)
    placing = np.array([[zoom, 0, shift_x], [0, zoom, shift_y]], np.float32)
    placed = cv2.warpAffine(drawn, placing, (fine, fine), flags=cv2.INTER_LINEAR)
    small = cv2.resize(placed, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(small + 0.5, 0, 255), np.uint8)


def _ridge(depth: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return where the depth of ink (distance to paper, px) is about as large as anywhere around."""
    smooth = cv2.GaussianBlur(depth, (0, 0), 1)
    highest = cv2.dilate(smooth, np.ones((3, 3), np.uint8))
    ridge = (smooth >= highest - _RIDGE_SLOPE) & (depth > 1)
    if not ridge.any():
        return np.asarray(depth > 0, np.bool_)
    return np.asarray(ridge | _faint(depth, ridge), np.bool_)


def _faint(depth: NDArray[np.float32], ridge: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the middle of ink that is too fine for a ridge, where none is near: a light dot of ї, a thin tail."""
    near = cv2.dilate(ridge.astype(np.uint8), np.ones((_FAR, _FAR), np.uint8))
    ink = (depth > 0).astype(np.uint8)
    lone = np.asarray((ink > 0) & (near == 0), np.bool_)
    if not lone.any():
        return lone
    deepest = depth >= cv2.dilate(depth, np.ones((_NEAR, _NEAR), np.uint8))
    amount = cv2.boxFilter(ink, -1, (_NEAR, _NEAR), normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(lone & deepest & (amount >= _FAINT), np.bool_)


def _median(values: NDArray[np.float32]) -> float:
    """Return the median; NumPy's own takes 25 microseconds more, a tenth of a normalisation for two of them."""
    middle = len(values) // 2
    if len(values) % 2:
        return float(np.partition(values, middle)[middle])
    low, high = np.partition(values, (middle - 1, middle))[middle - 1 : middle + 1]
    return (float(low) + float(high)) / 2
