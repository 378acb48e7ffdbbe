"""Punctuation and other signs, by our own stroke writer."""

import numpy as np

from src.data.negatives.negative import Negative
from src.data.negatives.negative_table import NegativeSplit
from src.data.negatives.sign_paths import CHOOSING, MEASURING
from src.data.writer.draw import draw_writing, write_skeleton
from src.data.writer.letterforms import parse_variant
from src.data.writer.paths import Letterforms

_SIGNS: dict[NegativeSplit, Letterforms] = {"val": CHOOSING, "test": MEASURING}


def draw_punctuation(count: int, split: NegativeSplit, generator: np.random.Generator) -> list[Negative]:
    """Draw `count` signs, each by a hand of its own; no sign is in both splits."""
    return draw_from(_SIGNS[split], "drawn_sign", count, generator)


def draw_from(forms: Letterforms, source: str, count: int, generator: np.random.Generator) -> list[Negative]:
    """Draw `count` of some forms in turn, as large as letters of rukopys, each by a hand of its own."""
    drawn = []
    for number in range(count):
        name = list(forms)[number % len(forms)]
        writing = write_skeleton(parse_variant(forms[name][0]), generator)
        drawn.append(Negative(draw_writing(writing), source, f"U+{ord(name):04X}-{number:04d}"))
    return drawn
