import numpy as np
import pytest
from sklearn.metrics import f1_score

from src.data.tables.table import make_table
from src.features.labels import CODES, LABELS
from src.models.scoring.answers import Answers, join_answers
from src.models.scoring.metrics import (
    calibration_figures,
    case_figures,
    class_table,
    kind_known_right,
    label_figures,
    macro_f1,
    paired_letters,
    returned_figures,
    top_right,
)
from tests.glyphs import GLYPHS
from tests.models.factory import CALIBRATION

_SURE = 9.0


def _answers(rows: list[tuple[str, str, str]]) -> Answers:
    """Make answers of (truth, ranking, case said): uppercase truth is uppercase, the case said is U or l."""
    logits = np.zeros((len(rows), len(LABELS)))
    for number, (_, ranking, _) in enumerate(rows):
        for place, label in enumerate(ranking):
            logits[number, CODES[label]] = _SURE - place
    case = [np.nan if truth.isdigit() else float(truth.isupper()) for truth, _, _ in rows]
    said = [2.0 if said == "U" else -2.0 for _, _, said in rows]
    codes = np.array([CODES[truth.lower()] for truth, _, _ in rows])
    return Answers(logits, np.array(said), codes, np.array(case))


@pytest.fixture
def answers() -> Answers:
    return _answers(
        [
            ("а", "а", "l"),  # all right
            ("А", "а", "l"),  # case wrong
            ("з", "3зв", "l"),  # a digit said, the letter second
            ("б", "вгд6б", "U"),  # wrong, and not among three
            ("0", "0", "U"),  # a digit has no case to be wrong about
            ("3", "зв3", "l"),  # a letter said, the digit third
        ]
    )


def test_labels_count_over_all_over_letters_and_over_digits(answers: Answers) -> None:
    figures = label_figures(answers)
    assert {name: (figure.right, figure.n) for name, figure in figures.items() if figure.right is not None} == {
        "label": (3, 6),
        "label_letters": (2, 4),
        "label_digits": (1, 2),
        "label_kind_known": (5, 6),
        "label_top3": (5, 6),
        "kind": (4, 6),
    }


def test_with_the_kind_known_the_other_kind_cannot_be_said(answers: Answers) -> None:
    assert kind_known_right(answers).tolist() == [True, True, True, False, True, True]


def test_top_counts_as_many_places_as_asked(answers: Answers) -> None:
    assert [int(top_right(answers, places).sum()) for places in (1, 2, 3, 5, 43)] == [3, 4, 5, 6, 6]


def test_case_leaves_digits_out_and_counts_paired_letters_apart(answers: Answers) -> None:
    paired = np.array([True, True, False, False, False, False])
    figures = case_figures(answers, paired, "_unknown_height")
    assert {name: (figure.right, figure.n) for name, figure in figures.items()} == {
        "case_letters_unknown_height": (2, 4),
        "case_paired_unknown_height": (1, 2),
        "joint_unknown_height": (2, 6),
    }
    assert calibration_figures(answers, 10)["case_ece"].n == 4


def test_a_case_that_is_not_sure_is_not_told_and_not_counted_as_right(answers: Answers) -> None:
    paired = np.array([True, True, True, False, False, False])
    sure = Answers(answers.label_logits, np.array([-9.0, -9, -0.1, 9, 9, 9]), answers.label, answers.is_uppercase)
    figures = returned_figures(sure, paired, CALIBRATION, "_x")
    assert {name: (figure.right, figure.n) for name, figure in figures.items()} == {
        "case_returned_x": (2, 3),
        "case_returned_right_x": (1, 2),
    }


def test_a_letter_whose_case_is_not_known_counts_in_no_figure_of_case() -> None:
    answers = _answers([("а", "а", "U")])
    unknown = Answers(answers.label_logits, answers.case_logits, answers.label, np.array([np.nan]))
    figures = case_figures(unknown, np.array([True]))
    assert figures["case_letters"].n == 0
    assert (figures["joint"].right, figures["joint"].n) == (1, 1)


def test_macro_f1_is_that_of_the_labels_that_the_rows_have() -> None:
    generator = np.random.default_rng(0)
    label = np.repeat(np.arange(8), 20)
    predicted = np.where(generator.random(160) < 0.8, label, generator.integers(0, 12, 160))
    estimate = macro_f1(label, predicted)
    assert estimate.value == pytest.approx(f1_score(label, predicted, labels=np.arange(8), average="macro"))
    assert estimate.value is not None
    assert estimate.low < estimate.value < estimate.high
    assert estimate == macro_f1(label, predicted)


def test_macro_f1_of_right_answers_only_is_one() -> None:
    assert macro_f1(np.arange(5), np.arange(5))[:3] == (1, 1, 1)


def test_the_class_table_has_all_43_and_says_nothing_where_there_is_nothing(answers: Answers) -> None:
    table = class_table(answers).set_index("label")
    assert "".join(table.index) == LABELS
    assert table[["precision", "recall", "f1", "support"]].to_numpy()[CODES["а"]].tolist() == [1, 1, 1, 2]
    assert table[["precision", "recall", "support"]].to_numpy()[CODES["3"]].tolist() == [0, 0, 1]
    assert np.isnan(table["precision"]["ю"])
    assert table["support"]["ю"] == 0


def test_figures_and_tables_are_of_the_answers_own_alphabet() -> None:
    label = np.array([GLYPHS.codes[truth] for truth in "01Aab"])
    said = np.array([GLYPHS.codes[answer] for answer in "0AAAb"])
    unknown = np.full(5, np.nan)
    answers = Answers(np.eye(len(GLYPHS))[said], np.full(5, 9.0), label, unknown, GLYPHS)
    figures = label_figures(answers)
    assert {name: (figures[name].right, figures[name].n) for name in ("label", "label_digits", "kind")} == {
        "label": (3, 5), "label_digits": (1, 2), "kind": (4, 5),
    }  # fmt: skip
    assert answers.joint_right.tolist() == answers.label_right.tolist()
    assert "".join(answers.symbol(row) for row in range(5)) == "01Aab"
    assert "".join(answers.predicted_symbol(row) for row in range(5)) == "0AAAb"
    assert class_table(answers).set_index("label")["recall"][["0", "1", "A", "a", "b"]].tolist() == [1, 0, 1, 0, 1]
    assert join_answers([answers, answers.take(label > 1)]).alphabet == GLYPHS


def test_probabilities_of_huge_logits_are_finite_and_sum_to_one() -> None:
    logits = np.zeros((1, len(LABELS)))
    logits[0, :2] = 1e4, -1e4
    answers = Answers(logits, np.array([-1e4]), np.array([0]), np.array([np.nan]))
    assert answers.probabilities.sum() == pytest.approx(1)
    assert answers.uppercase_probability.tolist() == [0]


def test_paired_letters_are_those_that_a_table_has_in_both_cases() -> None:
    def row(number: int, label: str, case: bool | None) -> dict[str, object]:
        return {
            "image": bytes(784), "label": label, "is_uppercase": case, "relative_height": None,
            "source": "rukopys", "filename": str(number), "group": str(number),
        }  # fmt: skip

    cases = [("а", False), ("а", True), ("б", True), ("б", True), ("в", False), ("в", None), ("0", None)]
    assert paired_letters(make_table([row(n, label, case) for n, (label, case) in enumerate(cases)])) == {"а"}
