"""Scribbles: what a pen does when it writes nothing.

No style can come out as a plain о, с or і: each has many bends or strokes that cross.
"""

from collections.abc import Callable

import numpy as np

from src.data.negatives.negative import Negative
from src.data.negatives.negative_table import NegativeSplit
from src.data.writer.draw import CANVAS, centre
from src.data.writer.pen import Nib, draw_ink
from src.data.writer.spline import Points, smooth_curve

Style = Callable[[np.random.Generator], list[Points]]
"""Makes the lines of a scribble about as large as the unit square."""


def draw_scribbles(count: int, split: NegativeSplit, generator: np.random.Generator) -> list[Negative]:
    """Draw `count` scribbles of the split's styles in turn, each with a pen and of a size of its own."""
    styles = STYLES[split]
    drawn = []
    for number in range(count):
        name = list(styles)[number % len(styles)]
        writing = centre(styles[name](generator), Nib(0.05, 1.0, 0.0))
        size = generator.uniform(0.35, 0.92) * CANVAS
        share = generator.uniform(0.05, 0.08) if name == "scrawl" else generator.uniform(0.035, 0.075)
        fitted = writing.fit(size, max(3.0, share * size))
        picture = 255 - draw_ink(fitted.lines, fitted.nib, CANVAS)
        drawn.append(Negative(picture, "drawn_scribble", f"{name}-{number:04d}"))
    return drawn


def _tangle(generator: np.random.Generator) -> list[Points]:
    """Go to and fro at random."""
    return [_pressed(smooth_curve(_random_points(generator, int(generator.integers(14, 25)))))]


def _zigzag(generator: np.random.Generator) -> list[Points]:
    """Go up and down more often than any letter does."""
    teeth = int(generator.integers(9, 17))
    points = np.linspace(0, generator.uniform(1, 2.5), teeth) + 1j * (np.arange(teeth) % 2)
    return [_turned(points + _noise(generator, teeth, 0.08), generator)]


def _spiral(generator: np.random.Generator) -> list[Points]:
    """Go round three times or more, inwards."""
    turns = generator.uniform(3, 4.5)
    angles = np.linspace(0, 2 * np.pi * turns, int(8 * turns))
    radius = np.linspace(1, generator.uniform(0, 0.25), len(angles))
    points = radius * np.exp(1j * angles)
    points = points.real + 1j * generator.uniform(0.5, 1) * points.imag
    return [smooth_curve(_turned(points + _noise(generator, len(points), 0.05), generator))]


def _crossing_out(generator: np.random.Generator) -> list[Points]:
    """Cross out: bars over a zigzag, or over a tangle."""
    under = _zigzag(generator) if generator.random() < 0.5 else _tangle(generator)
    points = np.concatenate(under)
    left, right = points.real.min() - 0.1, points.real.max() + 0.1
    heights = generator.uniform(points.imag.min(), points.imag.max(), int(generator.integers(2, 5)))
    bars = [np.array([left + 1j * height, right + 1j * height]) + _noise(generator, 2, 0.1) for height in heights]
    return [*under, *bars]


def _loops(generator: np.random.Generator) -> list[Points]:
    """Write loops in a row, without an end."""
    turns = int(generator.integers(4, 8))
    angles = np.linspace(0, 2 * np.pi * turns, 8 * turns)
    along = angles / (2 * np.pi) * generator.uniform(0.35, 0.9) + generator.uniform(0.4, 1) * np.sin(angles)
    points = along + 1j * np.cos(angles)
    return [smooth_curve(_turned(points + _noise(generator, len(points), 0.06), generator))]


def _hatching(generator: np.random.Generator) -> list[Points]:
    """Fill a box with strokes side by side, often with others across them."""
    layers = [int(generator.integers(5, 9)), int(generator.integers(2, 7)) if generator.random() < 0.7 else 0]
    strokes = []
    for layer, count in enumerate(layers):
        for place in np.linspace(0, 1, count):
            ends = np.array([place + 0j, place + 1j]) + _noise(generator, 2, 0.05)
            strokes.append(1j * np.conj(ends) if layer else ends)
    turn = np.exp(1j * generator.uniform(0, np.pi))
    return [stroke * turn for stroke in strokes]


def _scrawl(generator: np.random.Generator) -> list[Points]:
    """Go to and fro in straight lines until there is little paper left between them."""
    points = _random_points(generator, int(generator.integers(20, 36)))  # a curve through them would stray far out
    return [_turned(points.real + 1j * points.imag * generator.uniform(0.5, 1), generator)]


def _random_points(generator: np.random.Generator, count: int) -> Points:
    return np.asarray(generator.uniform(-1, 1, (count, 2)) @ np.array([1, 1j]), np.complex128)


def _pressed(points: Points) -> Points:
    """Press what strays far back to the rim of the unit circle: one wide loop would make an о of a tangle."""
    radius = np.maximum(np.abs(points), 1e-9)
    return np.asarray(points * np.tanh(radius) / radius, np.complex128)


def _noise(generator: np.random.Generator, count: int, deviation: float) -> Points:
    return np.asarray(generator.normal(0, deviation, (count, 2)) @ np.array([1, 1j]), np.complex128)


def _turned(points: Points, generator: np.random.Generator) -> Points:
    return np.asarray(points * np.exp(1j * generator.normal(0, 0.35)), np.complex128)


STYLES: dict[NegativeSplit, dict[str, Style]] = {
    "val": {"loops": _loops, "hatching": _hatching, "scrawl": _scrawl},
    "test": {"tangle": _tangle, "zigzag": _zigzag, "spiral": _spiral, "crossing_out": _crossing_out},
}
"""The styles of each split; none is in both."""
