"""How a pen moves for each glyph: control points as text, one string a stroke.

A stroke is `x,y x,y ...` in hundredths of the x-height, y upwards from the baseline: the x-height is 100, capitals and
digits stand 150 tall, ascenders reach 165 and descenders -70. The pen passes smoothly through every point; `!` after a
point lets it turn sharply there. A single point is a dot. Letters stand upright here: the hand that writes slants them.
A glyph has one or more variants with a weight each; what is common in school cursive comes first.
"""

from typing import NamedTuple


class Variant(NamedTuple):
    """One manner of writing a glyph: how often it is chosen, relative to its siblings, and its strokes."""

    weight: float
    strokes: tuple[str, ...]


Letterforms = dict[str, tuple[Variant, ...]]
"""The variants of each glyph of one alphabet."""


def write_as(*strokes: str, weight: float = 1.0) -> Variant:
    """Name a variant's strokes in the order of writing."""
    return Variant(weight, strokes)
