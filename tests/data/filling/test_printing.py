"""What a user may rely on: block letters are whole, in their size, drawn by hands that differ, and drawn again."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from src.common.errors import InputError
from src.data.filling.printing import PrintingHand, loosen, print_glyph, random_printing_hand
from src.data.writer.draw import draw_writing
from src.data.writer.letterforms import Skeleton, Style, choose_skeleton, variants
from src.features.labels import DIGITS, LABELS, LETTERS

CAREFUL = replace(random_printing_hand(np.random.default_rng(0), 0), rounding=0.0)
GLYPHS = [(letter, case) for letter in LETTERS for case in (False, True)] + [(digit, False) for digit in DIGITS]


def _print(label: str, is_uppercase: bool, seed: int) -> NDArray[np.uint8]:
    generator = np.random.default_rng(seed)
    return draw_writing(print_glyph(label, is_uppercase, random_printing_hand(generator, 1.3), generator))


def _height(picture: NDArray[np.uint8]) -> int:
    return cv2.boundingRect((picture < 128).astype(np.uint8))[3]


def _loosened(skeleton: Skeleton, hand: PrintingHand) -> Skeleton:
    return loosen(skeleton, hand, np.random.default_rng(1))


@pytest.mark.parametrize(("label", "is_uppercase"), GLYPHS)
def test_every_glyph_is_printed_in_two_or_more_manners_within_its_lines(label: str, is_uppercase: bool) -> None:
    forms = variants(label, is_uppercase, Style.PRINT)
    assert len({form.strokes for form in forms}) == len(forms) >= 2
    assert min(form.weight for form in forms) > 0
    for seed in range(12):
        skeleton = choose_skeleton(label, is_uppercase, np.random.default_rng(seed), Style.PRINT)
        heights = [point.imag for stroke in skeleton for piece in stroke for point in piece]
        assert -70 <= min(heights) <= max(heights) <= (195 if is_uppercase else 170)


@given(st.sampled_from(LABELS), st.booleans(), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_the_same_seed_prints_the_same_whole_picture(label: str, case: bool, seed: int) -> None:
    picture = _print(label, case, seed)
    assert np.array_equal(picture, _print(label, case, seed))
    assert picture.shape == (200, 200)
    assert picture.min() < 128
    assert np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]).min() == 255


@pytest.mark.parametrize("letter", LETTERS)
def test_uppercase_stands_above_lowercase(letter: str) -> None:
    lower, upper = (np.median([_height(_print(letter, case, seed)) for seed in range(15)]) for case in (False, True))
    # These have ascenders or descenders in lowercase.
    assert upper > lower * (0.85 if letter in "брфуії" else 1.25)


@pytest.mark.parametrize("label", ["", "ы", "А", "10"])
def test_a_label_outside_the_alphabet_is_refused_by_name(label: str) -> None:
    with pytest.raises(InputError, match="no letterform"):
        print_glyph(label, False, CAREFUL, np.random.default_rng(0))


def test_without_variety_hands_differ_in_size_and_rounding_only() -> None:
    generator = np.random.default_rng(3)
    hands = [random_printing_hand(generator, 0.0) for _ in range(20)]
    assert {(hand.shift, hand.stretch, hand.turn, hand.bend, hand.waist) for hand in hands} == {(0.0,) * 5}
    assert {(hand.hand.slant, hand.hand.width, hand.hand.tremor) for hand in hands} == {(0.05, 1.0, 0.0)}
    assert 0 < sum(hand.rounding == 0 for hand in hands) < 20


@pytest.mark.parametrize("variety", [0.5, 1.0, 3.0])
def test_hands_keep_within_what_can_be_read(variety: float) -> None:
    generator = np.random.default_rng(3)
    hands = [random_printing_hand(generator, variety) for _ in range(300)]
    assert all(0.7 < hand.hand.width < 1.5 and abs(hand.hand.slant) <= 0.4 for hand in hands)
    assert all(0 <= hand.rounding <= 0.6 and abs(hand.waist) <= 0.12 for hand in hands)


def test_a_careful_hand_leaves_the_letterform_as_it_is() -> None:
    skeleton = (((0j, 150j), (150j, 90 + 150j)), ((20 + 40j,),))
    careful = _loosened(skeleton, CAREFUL)
    assert [[piece[0] for piece in stroke] for stroke in careful] == [[0j, 150j], [20 + 40j]]
    assert careful[0][0][1] == pytest.approx(75j)


def test_strokes_are_misplaced_apart_from_each_other_and_keep_their_corners() -> None:
    corner, bar = ((0j, 150j), (150j, 90 + 150j)), ((0j, 90 + 0j),)
    loose = _loosened((corner, bar), replace(CAREFUL, shift=0.05, stretch=0.1, turn=0.05))
    assert loose[0][0][-1] == loose[0][1][0]
    assert abs(loose[0][0][0] - loose[1][0][0]) > 1


def test_a_rounding_hand_passes_by_corners_but_not_where_the_pen_returns() -> None:
    rounding = replace(CAREFUL, rounding=0.5)
    corner, hairpin = ((0j, 150j), (150j, 90 + 150j)), ((0j, 150j), (150j, 8 + 0j))
    chances = [loosen((corner, hairpin), rounding, np.random.default_rng(seed)) for seed in range(20)]
    passed = [min(abs(point - 150j) for piece in drawn[0] for point in piece) > 2 for drawn in chances]
    assert 10 < sum(passed) < 20
    assert all(len(drawn[1]) == 2 and drawn[1][0][-1] == 150j for drawn in chances)
    for drawn in chances:
        assert all(before[-1] == after[0] for before, after in zip(drawn[0][:-1], drawn[0][1:], strict=True))
