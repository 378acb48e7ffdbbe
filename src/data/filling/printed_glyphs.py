"""All letters and digits as our own stroke writer prints them, to train on."""

from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from src.common.cores import on_all_cores
from src.data.filling.printing import print_glyph, random_printing_hand
from src.data.tables.source_names import FILL_PRINTED
from src.data.tables.table import make_table
from src.data.writer.draw import draw_writing
from src.features.labels import CODES, DIGITS, LETTERS
from src.features.picture.normalize import Glyph, normalize


class Printed(NamedTuple):
    """Which glyph is printed, and for the how manieth time; `is_uppercase` is None for a digit."""

    label: str
    is_uppercase: bool | None
    number: int

    @property
    def filename(self) -> str:
        """Return the name that the table gives it."""
        kind = {None: "digits", False: "lowercase", True: "uppercase"}[self.is_uppercase]
        return f"{kind}/{self.label}-{self.number:04d}"


def print_glyphs(per_class: int, hand_variety: float, seed: int, side: int) -> pd.DataFrame:
    """Print each letter in both cases and each digit `per_class` times, each by a hand of its own; return their table.

    Letters are as large as in rukopys; digits have no height, as MNIST's have none.

    Args:
        per_class: How many of each.
        hand_variety: How far the hands may be from a careful one, as a factor.
        seed: Settles every picture, together with its label, case and number.
        side: Of the pictures in the table, px.

    Raises:
        WorkError: A process was killed.
    """
    classes = [(letter, case) for case in (False, True) for letter in LETTERS] + [(digit, None) for digit in DIGITS]
    wanted = [Printed(label, case, number) for label, case in classes for number in range(per_class)]
    # Drawn and normalised in one go: all pictures at once would fill half a gigabyte.
    glyphs = on_all_cores(partial(_print, hand_variety=hand_variety, seed=seed, side=side), wanted, "printing letters")
    return make_table([_row(printed, glyph) for printed, glyph in zip(wanted, glyphs, strict=True)])


def _print(printed: Printed, hand_variety: float, seed: int, side: int) -> Glyph:
    is_uppercase = bool(printed.is_uppercase)
    generator = np.random.default_rng([seed, CODES[printed.label], is_uppercase, printed.number])
    hand = random_printing_hand(generator, hand_variety)
    return normalize(draw_writing(print_glyph(printed.label, is_uppercase, hand, generator)), side)


def _row(printed: Printed, glyph: Glyph) -> dict[str, object]:
    return {
        "image": glyph.image.tobytes(),
        "label": printed.label,
        "is_uppercase": printed.is_uppercase,
        "relative_height": None if printed.is_uppercase is None else glyph.relative_height,
        "source": FILL_PRINTED,
        "filename": printed.filename,
        "group": f"{FILL_PRINTED}/{printed.filename}",
    }
