"""What a user may rely on: the drawn letters are all there, each once, and again the same."""

from collections import Counter

import numpy as np
import pytest

from src.data.filling.drawn_letters import draw_letters
from src.data.writer.hand import random_hand
from src.features.labels import LETTERS


def test_every_letter_is_drawn_in_both_cases_as_often_as_asked() -> None:
    letters = draw_letters(2, 1.0, 3)
    expected = {(letter, case): 2 for letter in LETTERS for case in (False, True)}
    assert Counter((letter.label, letter.is_uppercase) for letter in letters) == expected
    assert len({letter.picture.tobytes() for letter in letters}) == len(letters)
    assert len({letter.filename for letter in letters}) == len({letter.group for letter in letters}) == len(letters)
    assert draw_letters(0, 1.0, 3) == []


def test_the_seed_alone_settles_what_is_drawn() -> None:
    first, again, other = (draw_letters(1, 1.0, seed) for seed in (3, 3, 4))
    assert all(np.array_equal(one.picture, two.picture) for one, two in zip(first, again, strict=True))
    assert not any(np.array_equal(one.picture, two.picture) for one, two in zip(first, other, strict=True))


def test_the_letters_are_drawn_by_hands_of_the_variety_asked_for() -> None:
    school, various = (draw_letters(1, variety, 3) for variety in (0.0, 2.0))
    assert not any(np.array_equal(one.picture, two.picture) for one, two in zip(school, various, strict=True))


def test_more_variety_takes_hands_farther_from_the_schools() -> None:
    spreads = []
    for variety in (0.0, 1.0, 2.0):
        generator = np.random.default_rng(5)
        hands = [random_hand(generator, variety) for _ in range(200)]
        spreads.append([float(np.std([getattr(hand, trait) for hand in hands])) for trait in ("slant", "width")])
    assert spreads[0] == pytest.approx([0, 0])
    assert np.all(np.array(spreads[2]) > 1.6 * np.array(spreads[1]))
