import numpy as np
import pytest

from src.data.negatives.negative_table import NegativeSplit
from src.data.negatives.punctuation import draw_from, draw_punctuation
from src.data.negatives.sign_paths import CHOOSING, MEASURING
from src.data.sample.latin_paths import LATIN
from src.features.labels import LABELS


def test_no_sign_is_in_both_splits() -> None:
    assert not set(CHOOSING) & set(MEASURING)


def test_nothing_that_is_drawn_as_a_negative_is_a_character_of_the_alphabet() -> None:
    assert not {*CHOOSING, *MEASURING, *LATIN} & {*LABELS, *LABELS.upper()}


@pytest.mark.parametrize(("split", "signs"), [("val", CHOOSING), ("test", MEASURING)])
def test_signs_come_in_turn_under_their_code_points(split: NegativeSplit, signs: dict[str, object]) -> None:
    drawn = draw_punctuation(len(signs) + 1, split, np.random.default_rng(3))
    assert [negative.filename[:6] for negative in drawn[:-1]] == [f"U+{ord(sign):04X}" for sign in signs]
    assert len({negative.picture.tobytes() for negative in drawn}) == len(drawn)


def test_what_is_drawn_has_ink_of_a_size_that_means_something() -> None:
    for negative in draw_from({**CHOOSING, **MEASURING, **LATIN}, "drawn", 40, np.random.default_rng(3)):
        assert negative.has_height
        assert 0 < (negative.picture < 128).mean() < 0.5
