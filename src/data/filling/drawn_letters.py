"""All letters as our own stroke writer draws them, to train on."""

import numpy as np

from src.data.filling.filled import Filled
from src.data.tables.source_names import FILL_DRAWN
from src.data.writer.draw import draw_glyph
from src.data.writer.hand import random_hand
from src.features.labels import LETTERS


def draw_letters(per_class: int, hand_variety: float, seed: int) -> list[Filled]:
    """Draw each letter in both cases `per_class` times, each by a hand of its own and as large as in rukopys.

    hand_variety: How far the hands may be from the school's, as a factor.
    """
    drawn = []
    for is_uppercase in (False, True):
        for place, letter in enumerate(LETTERS):
            generator = np.random.default_rng([seed, is_uppercase, place])
            for number in range(per_class):
                picture = draw_glyph(letter, is_uppercase, generator, hand=random_hand(generator, hand_variety))
                filename = f"{'uppercase' if is_uppercase else 'lowercase'}/{letter}-{number:04d}"
                drawn.append(
                    Filled(picture, letter, is_uppercase, FILL_DRAWN, filename, group=f"{FILL_DRAWN}/{filename}")
                )
    return drawn
