"""What of a picture is ink, whatever it was drawn with and on."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from src.features.picture.cell import without_cell
from src.features.picture.dust import without_dust
from src.features.picture.grey import Grey
from src.features.picture.lines import remove_lines
from src.features.picture.paper import darkness_of, noise_of, strength_of, strongest_of
from src.features.picture.pixels import Pixels, is_coloured

_EVEN = 14
"""Paper is even whose border differs by no more, of 255."""
_TWO_GREYS, _NEAR = 0.97, 8
"""A picture is drawn, and no photograph, where so much of it is within so much of its paper or its strongest ink."""
_SMALLEST_PHOTOGRAPH = 32
"""Shorter side of a picture whose paper can be seen, px."""
_LONGEST, _SHORTEST = 256, 128
"""Longest side of a picture of uneven paper while it is worked on, px; a small one is enlarged."""
_LEAST_STRONGEST, _FULL = 0.13, 1.2
"""The logarithm by which the strongest ink is at least darker than paper, and of full ink how many times that."""
_GRAIN, _PALE = 3.5, 0.65
"""Ink is darker by so many deviations of the grain, and its pale parts are of so much of its threshold."""
_FRAME, _FRAMED, _FRAMED_SIDE = 6, 48, 40
"""Where paper so far from the edge differs so much from the border, that is a cell's line; in pictures of this side."""
_MIN_CONTRAST = 24


class Ink(NamedTuple):
    """What is ink.

    strength: (height, width) uint8, 0 for none.
    mask: (height, width) uint8, 1 where it is ink for sure, else 0.
    threshold: Of the strength, above which there is ink.
    """

    strength: Grey
    mask: Grey
    threshold: float


def find_ink(pixels: Pixels) -> Ink | None:
    """Return the ink of a picture, or None where it is blank: its contrast is below 24 of 255.

    On even paper ink is what differs from the border, in any channel; it is as large as the picture. From other paper
    its shade and its lines are taken away; the ink is then at most 256 px large.
    """
    if pixels.size == 0:
        return None
    strength, least = _on_even_paper(pixels), 0.0
    even = strength is not None
    if strength is None:
        strength, least = _on_any_paper(pixels)
    if strength.max() < _MIN_CONTRAST:
        return None
    threshold = max(_threshold(strength), least)
    found = (strength > threshold).astype(np.uint8)
    if not even:
        found, threshold = _with_pale_parts(strength, found, max(_PALE * threshold, least))
    mask = without_dust(without_cell(found), grainy=not even)
    if not mask.any():
        return None
    if mask is not found:
        # The pale edge of what goes is to go with it, and that of what stays is to stay.
        gone = cv2.dilate(found - mask, np.ones((5, 5), np.uint8))
        strength = np.where((gone > 0) & (mask == 0), 0, strength).astype(np.uint8)
    return Ink(strength, mask, threshold)


def _on_even_paper(pixels: Pixels) -> Grey | None:
    """Return what differs from the paper, or None where the paper is not the same all along the border."""
    border = _ring(pixels, 0)
    spread = int(np.max(border.max(axis=0).astype(np.int16) - border.min(axis=0)))
    paper = _paper(pixels, border)
    if spread > _EVEN and min(pixels.shape[:2]) >= _SMALLEST_PHOTOGRAPH:
        step = 1 + max(pixels.shape[:2]) // _LONGEST
        if not _is_drawn(_difference(pixels[::step, ::step], paper)):
            return None
    return _difference(pixels, paper)


def _difference(pixels: Pixels, paper: NDArray[np.int16]) -> Grey:
    difference = np.asarray(cv2.absdiff(pixels, np.full_like(pixels, paper)), np.uint8)
    return difference.max(axis=2) if is_coloured(pixels) else difference


def _paper(pixels: Pixels, border: Pixels) -> NDArray[np.int16]:
    """Return the paper's grey or colour: the border's, or what lies within where the border is a cell's line."""
    paper = _median(border)
    if min(pixels.shape[:2]) < _FRAMED_SIDE:
        return paper
    within = _median(_ring(pixels, _FRAME))
    if np.max(np.abs(within - paper)) <= _FRAMED:
        return paper
    middle = _median(pixels.reshape(-1, *pixels.shape[2:]))
    return min((paper, within), key=lambda found: int(np.abs(found - middle).max()))


def _is_drawn(ink: Grey) -> bool:
    strongest = int(ink.max())
    sure = np.count_nonzero(ink <= _NEAR) + np.count_nonzero(ink >= strongest - _NEAR)
    return bool(sure >= _TWO_GREYS * ink.size)


def _on_any_paper(pixels: Pixels) -> tuple[Grey, float]:
    """Return the ink of a photograph, and the least that is more than the paper's grain."""
    darkness, any_lines = remove_lines(darkness_of(_resized(pixels)))
    strength = strength_of(darkness)
    if any_lines:  # they leave specks behind
        strength = np.asarray(cv2.GaussianBlur(strength, (0, 0), 0.7), np.float32)
    strongest = strongest_of(strength, 0.5)
    if strongest < _LEAST_STRONGEST:
        return np.zeros(strength.shape, np.uint8), 0.0
    scale = 255 / (_FULL * strongest)
    return np.clip(strength * scale, 0, 255).astype(np.uint8), _GRAIN * noise_of(strength) * scale


def _with_pale_parts(strength: Grey, found: Grey, least: float) -> tuple[Grey, float]:
    """Return ink with the paler parts that touch it, and their least strength: thin strokes are blurred away else."""
    count, pieces = cv2.connectedComponents((strength > least).astype(np.uint8), connectivity=8)
    sure = np.zeros(count, np.uint8)
    sure[np.unique(np.asarray(pieces)[found > 0])] = 1
    return sure[pieces], least


def _resized(pixels: Pixels) -> Pixels:
    longest = max(pixels.shape[:2])
    scale = min(1.0, _LONGEST / longest) if longest >= _SHORTEST else _SHORTEST / longest
    if scale == 1:
        return pixels
    height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=kind), np.uint8)


def _ring(pixels: Pixels, depth: int) -> Pixels:
    """Return the pixels that are so far from the edge, (n,) or (n, 3)."""
    inner = pixels[depth : len(pixels) - depth, depth : pixels.shape[1] - depth]
    return np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]])


def _median(pixels: Pixels) -> NDArray[np.int16]:
    """Return the median of each channel, rounded down; NumPy's own takes longer."""
    middle = len(pixels) // 2
    if len(pixels) % 2:
        return np.asarray(np.partition(pixels, middle, axis=0)[middle], np.int16)
    low, high = np.partition(pixels, (middle - 1, middle), axis=0)[middle - 1 : middle + 1].astype(np.int16)
    return np.asarray((low + high) // 2, np.int16)


def _threshold(ink: Grey) -> float:
    """Return Otsu's threshold, held below half the contrast: a hairline on two pixels leaves half its ink on each.

    Where no pixel lies between two greys, every threshold between them is Otsu's: OpenCV returns the lowest, 0 for a
    binary picture, and once enlarged its strokes would take in all that smoothing has spread. The middle is meant.
    """
    otsu, _ = cv2.threshold(ink, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    greys = np.flatnonzero(cv2.calcHist([ink], [0], None, [256], [0, 256]))
    above = greys[np.searchsorted(greys, otsu, side="right")]
    return min((otsu + float(above)) / 2, 0.485 * float(ink.max()))
