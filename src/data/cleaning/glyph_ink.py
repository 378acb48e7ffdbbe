"""Where a glyph's ink lies, and which of it is not the letter: a scanner's line, a speck far away.

Limits were set by looking at rukopys: its four stray lines are 197 to 199 of 200 px high and the tallest stroke is 165;
its three specks lie 62 to 76 px from the letter, and no part of a letter (dots, breve, broken strokes) over 31 px.
"""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

INK_BELOW = 128
"""A grey value below this is ink: the pictures are near-binary, black on white."""

_LINE_HEIGHT = 0.95
_LINE_WIDTH = 0.1
_FAR = 0.2
_SPECK_SHARE = 0.05


class Box(NamedTuple):
    """A half-open box in pixels: columns left to right - 1, rows top to bottom - 1."""

    left: int
    top: int
    right: int
    bottom: int

    def __str__(self) -> str:
        """Write the box as in reports."""
        return f"({', '.join(map(str, self))})"

    def distance(self, other: "Box") -> int:
        """Return by how many pixels the worst of the four sides is off the other box's."""
        return max(abs(one - two) for one, two in zip(self, other, strict=True))

    def gap(self, other: "Box") -> int:
        """Return the paper between two boxes along the axis that parts them more, px; 0 where they meet."""
        across = max(self.left - other.right, other.left - self.right)
        down = max(self.top - other.bottom, other.top - self.bottom)
        return max(across, down, 0)

    def union(self, other: "Box") -> "Box":
        """Return the smallest box around both."""
        ends = (max(self.right, other.right), max(self.bottom, other.bottom))
        return Box(min(self.left, other.left), min(self.top, other.top), *ends)


class Part(NamedTuple):
    """One connected piece of ink (8 neighbours) and its number of pixels."""

    box: Box
    area: int


@dataclass(frozen=True)
class Ink:
    """The ink of one picture.

    whole: the box of all of it; letter: the box without stray line and far specks.
    """

    whole: Box
    letter: Box
    line: Box | None
    specks: tuple[Part, ...]


def measure_ink(grey: NDArray[np.uint8]) -> Ink | None:
    """Find the ink of a (height, width) uint8 picture, black on white; None where there is none.

    A rectangle always parts the letter from what is found: a line stands right of all other ink, and a speck is far
    from the box of the letter, not only from its strokes.
    """
    parts = _parts(grey < INK_BELOW)
    if not parts:
        return None
    line = _stray_line(parts, *grey.shape)
    specks = _far_specks([part for part in parts if part is not line], _FAR * max(grey.shape))
    letter = [part for part in parts if part is not line and part not in specks]
    return Ink(_around(parts), _around(letter), line.box if line else None, tuple(specks))


def _parts(mask: NDArray[np.bool_]) -> list[Part]:
    """Return the connected pieces of ink, largest first."""
    _, _, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    rows = [[int(value) for value in row] for row in statistics[1:]]
    parts = [Part(Box(x, y, x + width, y + height), area) for x, y, width, height, area in rows]
    return sorted(parts, key=lambda part: (-part.area, part.box))


def _stray_line(parts: list[Part], height: int, width: int) -> Part | None:
    """Return the narrow piece as high as the picture that stands right of all other ink."""
    last = max(parts, key=lambda part: part.box.left)
    others = [part for part in parts if part is not last]
    is_high = last.box.bottom - last.box.top >= _LINE_HEIGHT * height
    is_narrow = last.box.right - last.box.left <= _LINE_WIDTH * width
    stands_apart = bool(others) and last.box.left >= max(part.box.right for part in others)
    return last if is_high and is_narrow and stands_apart else None


def _far_specks(parts: list[Part], far: float) -> list[Part]:
    """Grow the letter from its largest piece by whatever is not far; return the rest where it is too little to be ink.

    A second large piece far away is no speck: it may be half of the letter, and stays.
    """
    letter, rest = parts[0].box, parts[1:]
    while near := [part for part in rest if part.box.gap(letter) <= far]:
        for part in near:
            letter = letter.union(part.box)
        rest = [part for part in rest if part not in near]
    return rest if sum(part.area for part in rest) <= _SPECK_SHARE * sum(part.area for part in parts) else []


def _around(parts: list[Part]) -> Box:
    box = parts[0].box
    for part in parts[1:]:
        box = box.union(part.box)
    return box
