"""The writing hand: what differs from writer to writer, and from one letter to the next."""

from dataclasses import dataclass

import numpy as np

from src.data.writer.letterforms import Skeleton
from src.data.writer.spline import Points, smooth_curve

_X_HEIGHT = 100.0
_DOT = 5.0


@dataclass(frozen=True)
class Hand:
    """One writer at one moment; lengths are in hundredths of the x-height.

    slant: shift to the right per unit of height. size, width: factors of the whole letter and of its breadth.
    reach: factor of what lies above the x-height or below the baseline. turn: rotation, radians.
    waves: (k, 2) complex, frequency vector and displacement of each slow wave that bends the letter; phases: (k,).
    tremor: standard deviation of each control point's own displacement.
    """

    slant: float
    size: float
    width: float
    reach: float
    turn: float
    waves: Points
    phases: np.ndarray[tuple[int], np.dtype[np.float64]]
    tremor: float


def random_hand(generator: np.random.Generator, variety: float = 1.0) -> Hand:
    """Draw a hand: a slant of about 15 degrees, size and proportions within about a tenth of the school's.

    variety: factor of how far a hand may be from the school's; the size keeps to it, for it tells the case.
    """
    wavelengths = generator.uniform(90, 220, 3)
    directions = generator.uniform(0, 2 * np.pi, 3)
    shifts = generator.normal(0, 1.7 * variety, (3, 2)) @ np.array([1, 1j])
    return Hand(
        slant=float(np.clip(generator.normal(0.26, 0.13 * variety), 0.26 - 0.34 * variety, 0.26 + 0.29 * variety)),
        size=float(np.exp(np.clip(generator.normal(0, 0.08), -0.2, 0.2))),
        width=float(np.exp(variety * np.clip(generator.normal(0.03, 0.1), -0.15, 0.26))),
        reach=float(1 + variety * (generator.uniform(0.85, 1.12) - 1)),
        turn=float(generator.normal(0, 0.03 * variety)),
        waves=np.stack([2 * np.pi / wavelengths * np.exp(1j * directions), shifts], axis=1),
        phases=generator.uniform(0, 2 * np.pi, 3),
        tremor=float(generator.uniform(0.4, 1.6) * variety),
    )


def write(skeleton: Skeleton, hand: Hand, generator: np.random.Generator) -> list[Points]:
    """Return the pen's way along each stroke: polylines in hundredths of the x-height, y upwards, near the origin."""
    return [_write_stroke(stroke, hand, generator) for stroke in skeleton]


def _write_stroke(stroke: tuple[tuple[complex, ...], ...], hand: Hand, generator: np.random.Generator) -> Points:
    if len(stroke[0]) == 1:
        dash = _DOT * np.exp(1j * generator.uniform(0, 2 * np.pi))
        return _shape(np.array([stroke[0][0] - dash / 2, stroke[0][0] + dash / 2]), hand)
    # Pieces of a stroke share their corners, so that a corner must move as one point.
    ends = np.cumsum([len(piece) - 1 for piece in stroke])
    points = np.array([stroke[0][0], *(point for piece in stroke for point in piece[1:])])
    tremor = generator.normal(0, hand.tremor, (len(points), 2)) @ np.array([1, 1j])
    shaped = _shape(points, hand) + tremor
    starts = np.concatenate([[0], ends[:-1]])
    curves = [smooth_curve(shaped[start : end + 1]) for start, end in zip(starts, ends, strict=True)]
    return np.concatenate([curves[0], *(curve[1:] for curve in curves[1:])])


def _shape(points: Points, hand: Hand) -> Points:
    """Stretch, bend and slant control points; what touches goes on touching."""
    x, y = points.real * hand.width, points.imag
    beyond = np.maximum(y - _X_HEIGHT, 0) + np.minimum(y, 0)
    y = y + (hand.reach - 1) * beyond
    frequency, shift = hand.waves[:, 0], hand.waves[:, 1]
    angles = np.outer(x, frequency.real) + np.outer(y, frequency.imag) + hand.phases
    bent = x + 1j * y + np.sin(angles) @ shift
    slanted = bent + hand.slant * bent.imag
    return np.asarray(slanted * hand.size * np.exp(1j * hand.turn), np.complex128)
