import numpy as np

from src.models.evaluation.accepted_sheet import MOST, draw_accepted
from tests.models.factory import negatives_table


def _ink(accepted: np.ndarray) -> int:
    negatives = negatives_table()
    sheet = draw_accepted(negatives, np.arange(float(len(negatives))), accepted, "note")
    return int((np.asarray(sheet)[80:, 300:] < 128).sum())


def test_only_what_was_taken_for_a_character_is_drawn() -> None:
    count = len(negatives_table())
    everything, nothing, one = np.ones(count, np.bool_), np.zeros(count, np.bool_), np.arange(count) == 3
    assert 0 == _ink(nothing) < _ink(one) < _ink(everything)


def test_a_kind_of_very_many_is_cut_to_those_most_like_characters() -> None:
    negatives = negatives_table(copies=MOST)
    count = len(negatives)
    widths = [
        draw_accepted(negatives, np.zeros(count), np.arange(count) < taken, "").width for taken in (MOST, 2 * MOST)
    ]
    assert widths[0] <= widths[1] < 2 * widths[0]
