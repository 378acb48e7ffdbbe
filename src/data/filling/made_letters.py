"""Letters that Cyrillic-MNIST lacks, made of its pictures of others: each maker takes one 28x28 picture.

A maker returns a grey picture, black ink on white, or None where the picture does not lend itself to the letter.
"""

import numpy as np

from src.data.filling.enlarged_ink import (
    add_strokes,
    as_picture,
    enlarge,
    has_loop,
    ink_points,
    pen_breadth,
    slant,
    split_ink,
    transform,
)
from src.features.picture.grey import Grey

_STEEP = 0.35
"""The most slant with which a mirrored э is an є; one that leans more has lost its lower bow, and looks like F."""
_LEAST_HEIGHT = 9
"""Height of a body that two dots fit, of 28 px."""
_WIDEST = 1.4


def make_ie(picture: Grey, _: np.random.Generator) -> Grey | None:
    """Make є of э: mirrored and slanted to the right again by as much as it was; what leans much is turned by half.

    A half turn keeps the slant and makes of the long upper bow of a leaning э the lower one of є.
    """
    parts = split_ink(picture)
    ink = np.logical_or.reduce(parts) if parts else np.zeros_like(picture, np.bool_)
    if not parts or has_loop(ink):
        return None
    lean = slant(ink)
    if abs(lean) > _STEEP:
        return as_picture(enlarge(ink[::-1, ::-1]))
    return as_picture(transform(enlarge(ink[:, ::-1]), np.array([[1.0, -2 * lean], [0.0, 1.0]])))


def make_yi(picture: Grey, generator: np.random.Generator, *, is_dotted: bool) -> Grey | None:
    """Make ї of і: its body alone, under two dots of about its pen.

    Args:
        picture: A picture of і.
        generator: Chooses where the dots are.
        is_dotted: Whether і has a dot, as in lowercase; a picture that has another number of dots is passed over.
    """
    parts = split_ink(picture)
    if len(parts) != 1 + is_dotted:
        return None
    rows, columns = np.nonzero(parts[0])
    is_below = not is_dotted or np.nonzero(parts[1])[0].max() <= rows.min()
    if not is_below or np.ptp(rows) < _LEAST_HEIGHT or np.ptp(columns) > _WIDEST * np.ptp(rows):
        return None
    ink = enlarge(parts[0])
    points, pen = ink_points(ink), pen_breadth(ink)
    top, height = points.imag.min(), np.ptp(points.imag)
    rise = generator.uniform(0.16, 0.32) * height + pen / 2
    gap = max(generator.uniform(0.36, 0.6) * height, 2.6 * pen)
    crown = points.real[points.imag < top + 0.15 * height].mean()
    middle = crown + generator.uniform(0, 0.35) * rise + generator.normal(0, 0.05) * height + 1j * (top - rise)
    centres = middle + gap / 2 * np.array([-1, 1]) + 1j * generator.normal(0, 0.03, 2) * height
    dash = pen * generator.uniform(0.05, 0.3) * np.exp(1j * generator.uniform(0, np.pi))
    dots = [np.array([centre - dash, centre + dash]) for centre in centres]
    return as_picture(add_strokes(ink, dots, pen * generator.uniform(0.8, 1.15)))


def make_ghe_with_upturn(picture: Grey, generator: np.random.Generator, *, flattest: float) -> Grey | None:
    """Make ґ of a capital Г: an upturn at the right end of its bar.

    Lowercase ґ too, for it is written as a low capital is. The cursive lowercase г has no bar: it looks like 2, and
    with an upturn like nothing.

    Args:
        picture: A picture of Г.
        generator: Chooses the upturn and how much the letter is flattened.
        flattest: The least height of the letter, as a share of that of Г.
    """
    parts = split_ink(picture)
    if len(parts) != 1 or has_loop(parts[0]):
        return None
    ink = transform(enlarge(parts[0]), np.diag([1.0, generator.uniform(flattest, 1)]))
    points, pen = ink_points(ink), pen_breadth(ink)
    height, width = np.ptp(points.imag), np.ptp(points.real)
    end = points[np.argmax(points.real - points.imag)]
    if end.imag > points.imag.min() + 0.22 * height or end.real < points.real.max() - 0.12 * width:
        return None
    start = end + 0.4 * pen * (-1 + 1j)
    upturn = generator.uniform(0.24, 0.36) * max(height, width) * (generator.uniform(0.05, 0.5) - 1j)
    bend = 0.04 * abs(upturn) * (generator.normal() + 1j * generator.normal())
    line = np.array([start, start + upturn / 2 + bend, start + upturn])
    return as_picture(add_strokes(ink, [line], pen * generator.uniform(0.85, 1.05)))


def make_capital_soft_sign(picture: Grey, _: np.random.Generator) -> Grey | None:
    """Make Ь of ь: a larger picture of the same; once normalised, nothing but the row's case tells them apart."""
    return picture if split_ink(picture) else None
