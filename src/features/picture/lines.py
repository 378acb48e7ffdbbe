"""Lines that go through the whole picture: ruled, squared and graph paper. They go, and strokes across them stay.

The picture is sheared until its lines lie in rows, and the rows' own ink, which all columns share, is taken away. What
is left there is a stroke where it is strong; a gap in a stroke where a line was is closed again.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from src.features.picture.paper import Darkness, Strength, noise_of, strength_of, strongest_of

_SHEARS = np.linspace(-0.07, 0.07, 29)
"""By which lines are looked for; 0.07 is four degrees."""
_NARROW = 64
"""Width of the picture by which its shear is told, px."""
_ENOUGH = 100
"""Columns that are looked at."""
_NEARLY_ALL, _MOST = 0.15, 0.4
"""Shares of a row's pixels that may be paler: than what tells that a line goes through, and than the line itself."""
_WIDEST = 0.07
"""What is wider is no line, as a share of the picture's height."""
_LEAST, _LEAST_NOISE = 0.06, 2.0
"""A line's least strength: of the strongest ink, and in deviations of the grain."""
_UNEVEN, _GRAINS = 0.5, 3.0
"""How much of its own strength a line varies by, and how many deviations of the grain."""
_STROKE = 0.4
"""The strength of a stroke, of the strongest ink."""


class _Ink(NamedTuple):
    """strength: Of all channels. strongest: Of the strongest hundredth. grain: Deviation of the paper's."""

    strength: Strength
    strongest: float
    grain: float


class _Taken(NamedTuple):
    """left: What is left of the ink. lines: Where lines were. thickness: Of the thickest, px; 0 for none."""

    left: Darkness
    lines: NDArray[np.bool_]
    thickness: int


def remove_lines(darkness: Darkness) -> tuple[Darkness, bool]:
    """Return what is left without lines, in either direction, and whether there were any."""
    rows = _take_rows(darkness)
    columns = _take_rows(_turned(rows.left))
    thickness = max(rows.thickness, columns.thickness)
    if not thickness:
        return darkness, False
    left, lines = _turned(columns.left), rows.lines | columns.lines.T
    before, after = _look_at(darkness), strength_of(left)
    stroke = (after > max(_STROKE * before.strongest, _GRAINS * before.grain)).astype(np.uint8)
    reach = np.ones((2 * thickness + 3, 2 * thickness + 3), np.uint8)
    closed = cv2.morphologyEx(stroke, cv2.MORPH_CLOSE, reach, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    across = lines & (closed > stroke) & (before.strength > _STROKE * before.strongest)
    return np.where(across[..., None], darkness, left), True


def _turned(darkness: Darkness) -> Darkness:
    return np.ascontiguousarray(darkness.transpose(1, 0, 2))


def _take_rows(darkness: Darkness) -> _Taken:
    ink = _look_at(darkness)
    shear = _shear_of(np.minimum(ink.strength, ink.strongest / 2))
    straight = _sheared(darkness, shear)
    sure, lines = _shared(straight)
    levels = _length(lines)
    is_line = _spread(_length(sure) > max(_LEAST_NOISE * ink.grain, _LEAST * ink.strongest), levels, ink.grain)
    found = np.flatnonzero(is_line)
    if found.size == 0:
        return _Taken(darkness, np.zeros(ink.strength.shape, np.bool_), 0)
    left = straight.copy()
    left[found] -= lines[found, None]
    rest = strength_of(np.ascontiguousarray(left[found]))
    strong = rest > np.maximum(_UNEVEN * levels[found, None], _GRAINS * ink.grain)
    left[found] = np.where(strong[..., None], left[found], 0)
    places = np.zeros(ink.strength.shape, np.float32)
    places[found] = 1
    thickness = max(len(band) for band in np.split(found, np.flatnonzero(np.diff(found) > 1) + 1))
    return _Taken(_sheared(left, shear, back=True), _sheared(places, shear, back=True) > 0, thickness)


def _look_at(darkness: Darkness) -> _Ink:
    strength = strength_of(darkness)
    return _Ink(strength, strongest_of(strength, 1), noise_of(strength))


def _shear_of(strength: Strength) -> float:
    """Return by what shear the rows differ most from their neighbours; a narrower picture tells it as well."""
    height, width = strength.shape
    narrow = np.asarray(cv2.resize(strength, (min(width, _NARROW), height), interpolation=cv2.INTER_AREA), np.float32)
    scale = width / narrow.shape[1]
    edges = [
        float(np.square(np.diff(cv2.reduce(_sheared(narrow, shear * scale), 1, cv2.REDUCE_AVG)[:, 0])).sum())
        for shear in _SHEARS
    ]
    return float(_SHEARS[int(np.argmax(edges))])


def _sheared(picture: NDArray[np.float32], shear: float, *, back: bool = False) -> NDArray[np.float32]:
    height, width = picture.shape[:2]
    matrix = np.array([[1, 0, 0], [shear, 1, -shear * width / 2]], np.float32)
    flags = cv2.INTER_LINEAR | (cv2.WARP_INVERSE_MAP if back else 0)
    moved = cv2.warpAffine(picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved.reshape(picture.shape), np.float32)


def _spread(found: NDArray[np.bool_], levels: NDArray[np.float32], grain: float) -> NDArray[np.bool_]:
    """Add the pale rows beside those that were found."""
    wide = cv2.dilate(found.astype(np.uint8)[:, None], np.ones((3, 1), np.uint8))[:, 0] > 0
    return found | (wide & (levels > grain))


def _length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.sqrt(np.square(vectors).sum(axis=1)), np.float32)


def _shared(straight: Darkness) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (rows, channels), the darkness of a line that nearly all pixels of a row have, and that most have."""
    step = max(1, straight.shape[1] // _ENOUGH)
    some = np.ascontiguousarray(straight[:, ::step].transpose(0, 2, 1))
    places = [int(share * (some.shape[2] - 1)) for share in (_NEARLY_ALL, _MOST)]
    ordered = np.partition(some, places, axis=2)
    nearly_all, most = (_thin(np.ascontiguousarray(ordered[..., place])) for place in places)
    return nearly_all, most


def _thin(shared: NDArray[np.float32]) -> NDArray[np.float32]:
    widest = max(5, int(_WIDEST * len(shared))) | 1
    window = np.ones((widest, 1), np.uint8)
    wide = cv2.morphologyEx(shared, cv2.MORPH_OPEN, window, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(shared - wide, np.float32)
