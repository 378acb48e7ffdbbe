"""The printing hand: it lifts the pen between strokes, so that joints gap or overshoot, and cuts corners in a hurry."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from src.data.writer.draw import Writing, centre
from src.data.writer.hand import Hand, random_hand, write
from src.data.writer.letterforms import Piece, Skeleton, Style, choose_skeleton
from src.data.writer.pen import Nib, random_nib
from src.data.writer.spline import Points

Stroke = tuple[Piece, ...]
_Place = Callable[[complex], complex]

_STRAIGHT = 25.0
"""Lines between two points longer than this may be bent, in hundredths of the x-height."""
_FLAT_PENS = 0.25
_STOPS = 0.2
"""How many of its corners even a hand with a rounding stops at."""
_SMALLEST_ARC = 9.0
"""Where a corner is so acute that the arc in its place would be narrower, tremor would make a knot of it."""


@dataclass(frozen=True)
class PrintingHand:
    """One writer of block letters at one moment.

    hand: what this writer shares with those of cursive.
    shift, stretch, turn: standard deviation of how far each stroke is off its place (share of the letter's diagonal),
        its length (logarithm) and its direction (radians).
    bend: standard deviation of how far the middle of a straight line is off, as a share of its length.
    rounding: how much of a corner's shorter leg is cut off; 0 for sharp corners, below 0.5.
    waist: by which share of the letter's height its middle lies higher.
    """

    hand: Hand
    shift: float
    stretch: float
    turn: float
    bend: float
    rounding: float
    waist: float


def random_printing_hand(generator: np.random.Generator, variety: float = 1.0) -> PrintingHand:
    """Draw a hand: nearly upright, from narrow to broad, careful or hurried, every second one with round corners.

    variety: factor of how far a hand may be from a careful one; the size keeps to it, for it tells the case.
    """
    hurry = variety * generator.uniform(0.2, 1.0)
    hand = replace(
        random_hand(generator, variety),
        slant=float(np.clip(generator.normal(0.05, 0.12 * variety), -0.32, 0.4)),
        width=float(np.exp(np.clip(generator.normal(0.0, 0.15 * variety), -0.26, 0.36))),
    )
    return PrintingHand(
        hand=hand,
        shift=0.013 * hurry,
        stretch=0.07 * hurry,
        turn=0.045 * hurry,
        bend=float(generator.uniform(0.0, 0.022) * variety),
        rounding=float(generator.uniform(0.1, 0.6) if generator.random() < 0.5 else 0),
        waist=float(np.clip(generator.normal(0, 0.05 * variety), -0.12, 0.12)),
    )


def print_glyph(label: str, is_uppercase: bool, hand: PrintingHand, generator: np.random.Generator) -> Writing:
    """Write a block letter or a digit once, with a variant and a pen of the generator's choice.

    Raises:
        InputError: The label is outside the alphabet.
    """
    skeleton = choose_skeleton(label, is_uppercase, generator, Style.PRINT)
    lines = write(loosen(skeleton, hand, generator), hand.hand, generator)
    return centre([np.conj(line) for line in lines], _random_pen(generator))


def _random_pen(generator: np.random.Generator) -> Nib:
    """Draw a pen: mostly a round one, as are ball pens, felt tips and fingers on glass."""
    nib = random_nib(generator)
    return nib if generator.random() < _FLAT_PENS else Nib(nib.breadth, 1.0, 0.0)


def loosen(skeleton: Skeleton, hand: PrintingHand, generator: np.random.Generator) -> Skeleton:
    """Return the strokes of a careful letter as this hand draws them, each with an error of its own."""
    points = np.array([point for stroke in skeleton for piece in stroke for point in piece])
    low, high = points.imag.min(), points.imag.max()
    diagonal = float(np.hypot(np.ptp(points.real), high - low))
    loose = []
    for stroke in skeleton:
        bent = tuple(_bend(piece, hand.bend, generator) for piece in stroke)
        drawn = _cut_corners(bent, hand.rounding, generator)
        place = _random_place(drawn, hand, diagonal, generator)
        loose.append(tuple(tuple(map(place, _lift_waist(piece, low, high, hand.waist))) for piece in drawn))
    return tuple(loose)


def _bend(piece: Piece, bend: float, generator: np.random.Generator) -> Piece:
    """Put a point into the middle of a straight line, somewhat beside it."""
    if len(piece) != 2 or abs(piece[1] - piece[0]) < _STRAIGHT:
        return piece
    start, end = piece
    return start, (start + end) / 2 + 1j * (end - start) * _bounded_normal(generator, bend), end


def _cut_corners(stroke: Stroke, rounding: float, generator: np.random.Generator) -> Stroke:
    """Put an arc in the place of most corners of a stroke; the lines beside it stay as straight as they are."""
    pieces = list(stroke[:1])
    for piece in stroke[1:]:
        before, corner, after = pieces[-1][-2], piece[0], piece[1]
        radius = rounding * generator.uniform(0.4, 1.0) * min(abs(before - corner), abs(after - corner))
        arrive, leave = (corner + radius * (leg - corner) / abs(leg - corner) for leg in (before, after))
        if abs(leave - arrive) < _SMALLEST_ARC or generator.random() < _STOPS:
            pieces.append(piece)
        else:
            pieces[-1] = (*pieces[-1][:-1], arrive)
            pieces += [(arrive, (arrive + 2 * corner + leave) / 4, leave), (leave, *piece[1:])]
    return tuple(pieces)


def _lift_waist(piece: Piece, low: float, high: float, waist: float) -> Piece:
    height = max(high - low, 1.0)
    return tuple(point + 4j * waist * (point.imag - low) * (high - point.imag) / height for point in piece)


def _random_place(stroke: Stroke, hand: PrintingHand, diagonal: float, generator: np.random.Generator) -> _Place:
    points: Points = np.array([point for piece in stroke for point in piece])
    middle = complex(points.mean())
    shift = complex(*(hand.shift * diagonal * _bounded_normal(generator, 1.0) for _ in range(2)))
    length, turn = (_bounded_normal(generator, spread) for spread in (hand.stretch, hand.turn))
    factor = np.exp(length + 1j * turn)
    return lambda point: middle + shift + factor * (point - middle)


def _bounded_normal(generator: np.random.Generator, spread: float) -> float:
    return min(max(generator.normal(), -2.0), 2.0) * spread
