import numpy as np
import pandas as pd
import pytest

from src.features.labels import CODES, LABELS
from src.models.reports.answer_tables import (
    answer_table,
    case_counts,
    case_pairs,
    find_mistakes,
    label_counts,
    label_pairs,
    wrong_rows,
)
from src.models.scoring.answers import Answers
from tests.models.factory import typed_table


@pytest.fixture
def frame() -> pd.DataFrame:
    return typed_table("0аб", copies=2)  # 0 0 а А б Б


@pytest.fixture
def answers() -> Answers:
    logits = np.zeros((6, len(LABELS)))
    for row, label in enumerate("0оабгб"):
        logits[row, CODES[label]] = 5
    logits[1, CODES["0"]] = 4
    case = np.array([np.nan, np.nan, 0, 1, 0, 1])
    return Answers(logits, np.array([9.0, 9, -1, -2, -3, 4]), np.array([CODES[label] for label in "00аабб"]), case)


def test_every_row_is_listed_with_its_answer(frame: pd.DataFrame, answers: Answers) -> None:
    table = answer_table(frame, answers)
    assert table["filename"].tolist() == frame["filename"].tolist()
    assert table["case"].tolist() == ["", "", "lowercase", "uppercase", "lowercase", "uppercase"]
    assert table["label_right"].tolist() == [True, False, True, False, False, True]
    assert table["case_right"].tolist() == ["", "", "True", "False", "True", "True"]
    assert table["top_1"].tolist() == list("0оабгб")
    assert (table["top_2"][1], table["top_3"][1]) == ("0", "1")
    assert (table["probability_1"] >= table["probability_2"]).all()


def test_wrong_answers_come_in_the_order_of_the_alphabet(answers: Answers) -> None:
    assert wrong_rows(answers).tolist() == [1, 3, 4]


def test_a_mistake_tells_what_the_sheet_shows(frame: pd.DataFrame, answers: Answers) -> None:
    digit, both, label = find_mistakes(frame, answers)
    assert (digit.truth, digit.answer, digit.truth_rank) == ("0", "О", 2)
    assert (digit.uppercase_probability, digit.relative_height) == (None, None)
    assert [label for label, _ in digit.top] == ["о", "0", "1"]
    assert digit.top[1][1] == pytest.approx(digit.truth_probability)
    assert (both.truth, both.answer, both.label_wrong, both.relative_height) == ("А", "б", True, 0.6)
    assert (label.truth, label.answer, label.name) == ("б", "г", "б-0")
    assert bytes(label.image.tobytes()) == frame["image"][4]


def test_confusions_are_counted_and_listed_alike(answers: Answers) -> None:
    counts, pairs = label_counts(answers), label_pairs(answers)
    assert counts.sum() == len(pairs) == 6
    assert counts[CODES["б"], CODES["г"]] == 1
    assert (pairs["actual"] == "б").sum() == counts[CODES["б"]].sum() == 2
    assert case_counts(answers).tolist() == [[2, 0], [1, 1]]
    assert len(case_pairs(answers)) == 4
    assert (
        (case_pairs(answers)["actual"] == "uppercase") & (case_pairs(answers)["predicted"] == "lowercase")
    ).sum() == 1
