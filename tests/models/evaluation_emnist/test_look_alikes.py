import numpy as np
import pytest

from src.models.evaluation_emnist.look_alikes import look_alike_figures, look_alike_table, look_alikes
from src.models.scoring.answers import Answers
from src.tasks.emnist import VARIANTS

BALANCED = VARIANTS["balanced"].alphabet


def _answers(*pairs: str) -> Answers:
    """Make answers of pairs of what is shown and what is said."""
    label, said = (np.array([BALANCED.codes[pair[place]] for pair in pairs]) for place in (0, 1))
    return Answers(np.eye(len(BALANCED))[said], np.zeros(len(pairs)), label, np.full(len(pairs), np.nan), BALANCED)


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("byclass", ["0O", "1Il", "gq"]),
        ("balanced", ["0O", "1IL", "gq"]),
        ("merged", ["0O", "1IL", "GQ"]),
        ("mnist", []),
    ],
)
def test_the_groups_are_those_of_which_an_alphabet_has_two_labels(name: str, groups: list[str]) -> None:
    assert look_alikes(VARIANTS[name].alphabet) == groups


def test_confusions_within_a_group_are_told_from_other_mistakes() -> None:
    figures = look_alike_figures(_answers("00", "0O", "0D", "OO", "AA", "gq"))
    assert (figures["0/O"]["right"]["right"], figures["0/O"]["right"]["n"]) == (2, 4)
    assert (figures["0/O"]["confused"]["right"], figures["0/O"]["confused"]["n"]) == (1, 4)
    assert figures["g/q"]["confused"]["right"] == 1
    assert figures["1/I/L"]["right"]["n"] == 0


def test_the_table_has_each_two_labels_of_a_group_in_both_directions() -> None:
    table = look_alike_table(_answers("00", "0O", "0D", "OO"))
    rows = {(row["shown"], row["said"]): row for row in table.to_dict("records")}
    assert len(rows) == len(table) == 4 + 9 + 4
    assert [rows["0", "O"][name] for name in ("group", "times", "rows")] == ["0/O", 1, 3]
    assert [rows["O", "0"][name] for name in ("times", "rows", "share")] == [0, 1, 0]
    assert rows["0", "0"]["share"] == pytest.approx(1 / 3, abs=1e-4)
    assert [rows["g", "q"][name] for name in ("times", "rows", "share")] == [0, 0, 0]
