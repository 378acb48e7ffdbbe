"""What a user may rely on: the letters that stand in the way come first, with what they are taken for."""

import numpy as np

from src.models.evaluation.unseen_sheet import draw_unseen, unseen_table
from tests.models.factory import sure_answers, typed_table

TRUTH, SAID = "ааабббв", "аббббов"


def test_labels_with_most_wrong_answers_come_first_with_what_they_are_taken_for() -> None:
    table = unseen_table(sure_answers(TRUTH, SAID))
    assert table["label"].tolist() == ["а", "б", "в"]
    assert table["n"].tolist() == [3, 3, 1]
    assert table["right"].tolist() == [1, 2, 1]
    assert table["taken_for"].tolist() == ["б:2", "о:1", ""]


def test_the_sheet_has_a_strip_for_each_letter_and_is_the_same_again() -> None:
    rows = typed_table("абв", 3, "comnist")
    truth = "".join(rows["label"])
    one, two = (draw_unseen(rows, sure_answers(truth, "ж" * len(truth)), "a note") for _ in range(2))
    assert one.tobytes() == two.tobytes()
    fewer = draw_unseen(rows, sure_answers(truth, "ж" * 3 + truth[3:]), "a note")
    assert np.asarray(fewer).min() < 128
    assert (np.asarray(one) < 200).sum() > (np.asarray(fewer) < 200).sum()
