"""One glyph: a letterform, a hand and a pen together."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from src.data.writer.hand import Hand, random_hand, write
from src.data.writer.letterforms import Skeleton, choose_skeleton
from src.data.writer.pen import Nib, draw_ink, random_nib
from src.data.writer.spline import Points

CANVAS = 200
"""Side of rukopys' pictures, px."""

_X_HEIGHT_SHARE = 0.36
_MARGIN_SHARE = 0.04


class Writing(NamedTuple):
    """What a pen is about to draw, in hundredths of the x-height; y downwards, the ink's box centred at the origin."""

    lines: list[Points]
    nib: Nib
    extent: complex
    """Width and height of the ink's box, as real and imaginary part."""

    def scale(self, factor: float) -> "Writing":
        """Return the same writing, larger or smaller."""
        nib = Nib(self.nib.breadth * factor, self.nib.flatness, self.nib.angle)
        return Writing([line * factor for line in self.lines], nib, self.extent * factor)

    def fit(self, box: float, breadth: float) -> "Writing":
        """Return the same writing by a round nib of `breadth`, the longest side of its ink's box as long as `box`."""
        track = self.extent - _nib_reach(self.nib)
        factor = (box - breadth) / max(track.real, track.imag)
        reach = complex(breadth, breadth)
        return Writing([line * factor for line in self.lines], Nib(breadth, 1.0, 0.0), track * factor + reach)

    def mirror(self) -> "Writing":
        """Return the same writing seen from behind the paper."""
        return Writing([-np.conj(line) for line in self.lines], replace(self.nib, angle=-self.nib.angle), self.extent)


def write_glyph(label: str, is_uppercase: bool, generator: np.random.Generator, hand: Hand | None = None) -> Writing:
    """Write a glyph once, with a variant, a pen and (unless given) a hand of the generator's choice.

    Raises:
        InputError: The label is outside the alphabet.
    """
    return write_skeleton(choose_skeleton(label, is_uppercase, generator), generator, hand)


def write_skeleton(skeleton: Skeleton, generator: np.random.Generator, hand: Hand | None = None) -> Writing:
    """Write control points once, with a pen and (unless given) a hand of the generator's choice."""
    lines = [np.conj(line) for line in write(skeleton, hand or random_hand(generator), generator)]
    return centre(lines, random_nib(generator))


def centre(lines: list[Points], nib: Nib) -> Writing:
    """Return lines as a writing whose ink's box is centred at the origin."""
    points = np.concatenate(lines)
    low = complex(points.real.min(), points.imag.min())
    high = complex(points.real.max(), points.imag.max())
    return Writing([line - (low + high) / 2 for line in lines], nib, high - low + _nib_reach(nib))


def draw_glyph(
    label: str,
    is_uppercase: bool,
    generator: np.random.Generator,
    canvas: int = CANVAS,
    hand: Hand | None = None,
) -> NDArray[np.uint8]:
    """Draw a letter or digit as rukopys shows them: centred by its box, at its true size.

    A letter's x-height is 36 % of the canvas, give or take the hand; only what would come nearer than 4 % to the edge
    is drawn smaller. `is_uppercase` means nothing to a digit. Without a hand the generator chooses one.

    Returns:
        (canvas, canvas) uint8, antialiased black ink (0) on white paper (255).

    Raises:
        InputError: The label is outside the alphabet.
    """
    return draw_writing(write_glyph(label, is_uppercase, generator, hand), canvas)


def draw_writing(writing: Writing, canvas: int = CANVAS) -> NDArray[np.uint8]:
    """Draw a writing as `draw_glyph` does: (canvas, canvas) uint8, antialiased black ink (0) on white paper (255)."""
    largest = canvas * (1 - 2 * _MARGIN_SHARE) / max(writing.extent.real, writing.extent.imag)
    fitted = writing.scale(min(canvas * _X_HEIGHT_SHARE / 100, largest))
    return 255 - draw_ink(fitted.lines, fitted.nib, canvas)


def _nib_reach(nib: Nib) -> complex:
    """Return width and height of the nib's own box."""
    long, short = nib.breadth, nib.breadth / nib.flatness
    cosine, sine = np.cos(nib.angle), np.sin(nib.angle)
    return complex(np.hypot(long * cosine, short * sine), np.hypot(long * sine, short * cosine))
