"""What a user may rely on: the letters that stand in the way come first, with what they are taken for."""

import numpy as np

from src.features.labels import CODES
from src.models.answers import Answers
from src.models.unseen_sheet import draw_unseen, unseen_table
from tests.models.factory import typed_table

TRUTH, SAID = "ааабббв", "аббббов"


def answers(said: str, truth: str = TRUTH) -> Answers:
    """Return sure answers; a digit is one more likely still, which a known kind rules out."""
    logits = np.zeros((len(truth), len(CODES)))
    logits[np.arange(len(truth)), [CODES[label] for label in said]] = 5
    logits[:, CODES["7"]] = 9
    codes = np.array([CODES[label] for label in truth])
    return Answers(logits, np.zeros(len(truth)), codes, np.full(len(truth), np.nan))


def test_labels_with_most_wrong_answers_come_first_with_what_they_are_taken_for() -> None:
    table = unseen_table(answers(SAID))
    assert table["label"].tolist() == ["а", "б", "в"]
    assert table["n"].tolist() == [3, 3, 1]
    assert table["right"].tolist() == [1, 2, 1]
    assert table["taken_for"].tolist() == ["б:2", "о:1", ""]


def test_the_sheet_has_a_strip_for_each_letter_and_is_the_same_again() -> None:
    rows = typed_table("абв", 3, "qmnist")
    truth = "".join(rows["label"])
    one, two = (draw_unseen(rows, answers("ж" * len(truth), truth), "a note") for _ in range(2))
    assert one.tobytes() == two.tobytes()
    fewer = draw_unseen(rows, answers("ж" * 3 + truth[3:], truth), "a note")
    assert np.asarray(fewer).min() < 128
    assert (np.asarray(one) < 200).sum() > (np.asarray(fewer) < 200).sum()
