"""From a label to the control points of one manner of writing it."""

from enum import Enum
from functools import cache
from itertools import pairwise

import numpy as np

from src.common.errors import InputError
from src.data.writer.paths import Letterforms, Variant
from src.data.writer.paths.digits import DIGITS
from src.data.writer.paths.lowercase import LOWERCASE
from src.data.writer.paths.print_digits import PRINT_DIGITS
from src.data.writer.paths.print_lowercase import PRINT_LOWERCASE
from src.data.writer.paths.print_uppercase import PRINT_UPPERCASE
from src.data.writer.paths.uppercase import UPPERCASE
from src.features.labels import is_digit

Piece = tuple[complex, ...]
"""Control points between two sharp corners, in hundredths of the x-height, y upwards."""
Skeleton = tuple[tuple[Piece, ...], ...]
"""The strokes of a glyph, each a chain of pieces that share their end points."""


class Style(Enum):
    """What people learn to write: lowercase, uppercase and digits of it."""

    CURSIVE = (LOWERCASE, UPPERCASE, DIGITS)
    PRINT = (PRINT_LOWERCASE, PRINT_UPPERCASE, PRINT_DIGITS)


def choose_skeleton(
    label: str, is_uppercase: bool, generator: np.random.Generator, style: Style = Style.CURSIVE
) -> Skeleton:
    """Choose one variant of a glyph by its weight; `is_uppercase` means nothing to a digit.

    Raises:
        InputError: The label is outside the alphabet.
    """
    forms = variants(label, is_uppercase, style)
    weights = np.array([form.weight for form in forms])
    chosen = int(np.searchsorted(np.cumsum(weights / weights.sum()), generator.random(), side="right"))
    return _parse_variant(forms[min(chosen, len(forms) - 1)])


def variants(label: str, is_uppercase: bool, style: Style = Style.CURSIVE) -> tuple[Variant, ...]:
    """Return all manners of writing a glyph, the most common first.

    Raises:
        InputError: The label is outside the alphabet.
    """
    lowercase, uppercase, digits = style.value
    forms: Letterforms = digits if label and is_digit(label) else uppercase if is_uppercase else lowercase
    if label not in forms:
        raise InputError(f"{label!r}: no letterform of this label; use one of {''.join(DIGITS)}{''.join(LOWERCASE)}")
    return forms[label]


@cache
def _parse_variant(variant: Variant) -> Skeleton:
    return tuple(_parse_stroke(stroke) for stroke in variant.strokes)


def _parse_stroke(stroke: str) -> tuple[Piece, ...]:
    """Split `x,y x,y! x,y` at its corners; a corner ends one piece and begins the next."""
    words = stroke.split()
    points = [complex(*map(float, word.rstrip("!").split(","))) for word in words]
    corners = [place for place, word in enumerate(words) if word.endswith("!") and 0 < place < len(words) - 1]
    bounds = [0, *corners, len(words) - 1]
    if len(points) == 1:
        return (tuple(points),)
    return tuple(tuple(points[start : end + 1]) for start, end in pairwise(bounds))


def parse_variant(variant: Variant) -> Skeleton:
    """Return the control points of a manner of writing anything, of this alphabet or not."""
    return _parse_variant(variant)
