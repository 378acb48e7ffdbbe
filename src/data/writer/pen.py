"""The pen: polylines become smooth ink."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from src.data.writer.spline import Points

_OVERSAMPLING = 3
_FRACTION_BITS = 4


@dataclass(frozen=True)
class Nib:
    """An elliptic pen point: longer axis (same unit as the lines it draws), its ratio to the shorter, its angle."""

    breadth: float
    flatness: float
    angle: float


def random_nib(generator: np.random.Generator) -> Nib:
    """Draw a pen: from a thin ball pen to a soft one that thins its upward strokes; breadth in % of the x-height."""
    flatness = float(np.maximum(1.0, generator.uniform(0.8, 1.7)))
    breadth = float(generator.uniform(7.5, 12.0)) * float(np.sqrt(flatness))
    return Nib(breadth, flatness, float(generator.uniform(0.2, 0.8)))


def draw_ink(lines: list[Points], nib: Nib, side: int) -> NDArray[np.uint8]:
    """Draw polylines with a nib, all in px with y downwards, origin at the picture's centre.

    Returns:
        (side, side) uint8, antialiased: 0 paper, 255 ink.
    """
    # A flat pen is a round one in a plane squeezed along the pen's longer axis.
    axis = np.array([np.cos(nib.angle), -np.sin(nib.angle)])
    squeeze = np.eye(2) - (1 - 1 / nib.flatness) * np.outer(axis, axis)
    points = [np.stack([line.real, line.imag], axis=1) for line in lines]
    squeezed = [stroke @ squeeze for stroke in points]
    # Only where the ink is, is worth the work; that middle shares its centre with the whole picture.
    reach = np.abs(np.concatenate(points + squeezed)).max(axis=0) + nib.breadth / 2 + 2
    width, height = (side + 2 * int(np.ceil(half - side / 2)) for half in reach)
    centre = np.array([width * _OVERSAMPLING - 1, height * _OVERSAMPLING - 1]) / 2
    fine = np.zeros((height * _OVERSAMPLING, width * _OVERSAMPLING), np.uint8)
    thickness = max(1, round(nib.breadth / nib.flatness * _OVERSAMPLING))
    for stroke in squeezed:
        fixed = np.round((stroke * _OVERSAMPLING + centre) * 2**_FRACTION_BITS).astype(np.int32)
        cv2.polylines(fine, [fixed], False, 255, thickness, cv2.LINE_AA, _FRACTION_BITS)
    if nib.flatness > 1:
        back = np.column_stack([squeeze, centre - squeeze @ centre])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        fine = np.asarray(cv2.warpAffine(fine, back, fine.shape[::-1], flags=flags), np.uint8)
    return _centre(np.asarray(cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA), np.uint8), side)


def _centre(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Cut or pad a picture to (side, side) about its centre; its sides differ from `side` by even numbers."""
    for dimension, length in enumerate(picture.shape):
        margin = (side - length) // 2
        picture = picture.take(range(max(0, -margin), length - max(0, -margin)), axis=dimension)
        padding = [(0, 0), (0, 0)]
        padding[dimension] = (max(0, margin), max(0, margin))
        picture = np.pad(picture, padding)
    return picture
