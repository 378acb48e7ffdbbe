"""The one way into the network: a picture of any size, polarity or mode becomes 28x28 white ink on black.

Every glyph gets the same box, centring, pen and grey, whatever drew it. Otherwise a network tells MNIST's digits from
scanned letters by their thickness, and fails on the first drawing it did not train on. The pen is evened out at a
higher resolution: the ridge of the distance transform is drawn again with a pen of fixed width, and what remains of
the ink after thinning it to that pen keeps together whatever the ridge has lost.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 28
"""Side of the network's picture, px."""
BOX = 22.0
"""Longest side of the ink in the network's picture, px."""
PEN = 2.2
"""Width of every stroke in the network's picture, px."""

_WORK = 80
"""Longest side of the ink while its strokes are measured, px."""
_MARGIN = 8
_RIDGE_SLOPE = 0.35
_MIN_CONTRAST = 24
_MIN_RIDGE = 8.0
_OVERSAMPLING = 4

Grey = NDArray[np.uint8]


class Glyph(NamedTuple):
    """What the network is given of a picture.

    image: (28, 28) uint8, white ink on black; all zero where the picture is blank.
    relative_height: height of the ink / height of the picture, in (0, 1]; None where the picture is blank.
    """

    image: Grey
    relative_height: float | None


def normalize(picture: Image.Image | Grey) -> Glyph:
    """Turn a picture (Pillow image of any mode, or a grey (height, width) uint8 array) into a `Glyph`.

    The paper is the median of the picture's border, ink is whatever differs from it: polarity does not matter.
    A picture whose contrast is below 24 of 255 is blank.
    """
    grey = to_grey(picture) if isinstance(picture, Image.Image) else picture
    ink = _ink_of(grey)
    if ink.size == 0 or ink.max() < _MIN_CONTRAST:
        return Glyph(np.zeros((SIDE, SIDE), np.uint8), None)
    threshold, mask = cv2.threshold(ink, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    left, top, width, height = cv2.boundingRect(mask)
    enlarged = _enlarge(ink[top : top + height, left : left + width])
    return Glyph(_redraw(enlarged > threshold), height / grey.shape[0])


def to_grey(picture: Image.Image) -> Grey:
    """Return a picture of any mode as (height, width) uint8; transparency becomes paper."""
    if picture.mode.startswith("I;16"):
        return (np.asarray(picture, np.uint16) >> 8).astype(np.uint8)
    if picture.mode in {"I", "F"}:
        values = np.nan_to_num(np.asarray(picture, np.float64))
        low, high = values.min(initial=0), values.max(initial=1)
        return ((values - low) * (255 / max(high - low, 1))).astype(np.uint8)
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return np.asarray(picture.convert("L"))
    with_alpha = np.asarray(picture.convert("LA"))
    grey, alpha = with_alpha[..., 0].astype(np.uint16), with_alpha[..., 1].astype(np.uint16)
    # White ink on nothing would vanish on white paper: such a picture lies on black.
    paper = 0 if (grey * (alpha > 0)).sum() > 127 * (alpha > 0).sum() else 255
    return ((grey * alpha + paper * (255 - alpha)) // 255).astype(np.uint8)


def _ink_of(grey: Grey) -> Grey:
    if grey.size == 0:
        return grey
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = np.full_like(grey, int(np.median(border)))
    return np.asarray(cv2.absdiff(grey, paper), np.uint8)


def _enlarge(ink: Grey) -> Grey:
    """Scale cropped ink so that its longest side is `_WORK` px, with a margin of paper around."""
    height, width = ink.shape
    scale = _WORK / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    enlarged = cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    framed = cv2.copyMakeBorder(enlarged, *[_MARGIN] * 4, cv2.BORDER_CONSTANT, value=0)
    if scale > 1:  # the steps of small pixels are no shape
        framed = cv2.GaussianBlur(framed, (0, 0), 1.5)
    return np.asarray(framed, np.uint8)


def _redraw(mask: NDArray[np.bool_]) -> Grey:
    """Draw a (height, width) mask of ink again: pen `PEN`, box `BOX`, centred in `SIDE` x `SIDE`."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    ridge = _ridge(depth)
    _, _, width, height = cv2.boundingRect(ridge.astype(np.uint8))
    radius = PEN / 2 * max(width, height, _MIN_RIDGE) / (BOX - PEN)
    line = radius - cv2.distanceTransform((~ridge).astype(np.uint8), cv2.DIST_L2, 5)
    excess = float(np.median(depth[ridge])) - radius
    if excess > 0:
        line = np.maximum(line, depth - max(excess, 0.75) - 0.25)
    return _place(np.clip(line + 0.5, 0, 1).astype(np.float32) * 255)


def _place(drawn: NDArray[np.float32]) -> Grey:
    """Scale a drawing so that its ink's longest side is `BOX` px, centred in `SIDE` x `SIDE`."""
    left, top, width, height = cv2.boundingRect((drawn > 127).astype(np.uint8))
    zoom = _OVERSAMPLING * BOX / max(width, height, _MIN_RIDGE)
    side = SIDE * _OVERSAMPLING
    centre = (side - 1) / 2
    shift_x, shift_y = centre - zoom * (left + (width - 1) / 2), centre - zoom * (top + (height - 1) / 2)
    placing = np.array([[zoom, 0, shift_x], [0, zoom, shift_y]], np.float32)
    placed = cv2.warpAffine(drawn, placing, (side, side), flags=cv2.INTER_LINEAR)
    small = cv2.resize(placed, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.clip(small + 0.5, 0, 255).astype(np.uint8)


def _ridge(depth: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return where the depth of ink (distance to paper, px) is about as large as anywhere around."""
    smooth = cv2.GaussianBlur(depth, (0, 0), 1)
    highest = cv2.dilate(smooth, np.ones((3, 3), np.uint8))
    ridge = (smooth >= highest - _RIDGE_SLOPE) & (depth > 1)
    return np.asarray(ridge if ridge.any() else depth > 0, np.bool_)
