from math import comb

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.errors import InputError
from src.registry.mcnemar import Pairs, p_value, pair_up, right_answers
from tests.tracking.versions import right_answers as answers_of

COUNTS = st.integers(0, 60)
TABLES = st.builds(Pairs, COUNTS, COUNTS, COUNTS, COUNTS)
WRONG = st.sets(st.integers(0, 19))


@pytest.mark.parametrize(
    ("challenger_only", "champion_only", "p"),
    [
        (0, 0, 1.0),
        (5, 5, 1.0),
        (1, 0, 1.0),
        (6, 0, 0.03125),  # 2 / 2^6
        (9, 1, 0.021484),  # 2 (1 + 10) / 2^10
        (2, 10, 0.038574),  # 2 (1 + 12 + 66) / 2^12
    ],
)
def test_the_p_value_is_that_of_the_exact_test(challenger_only: int, champion_only: int, p: float) -> None:
    assert p_value(Pairs(100, challenger_only, champion_only, 3)) == pytest.approx(p, rel=1e-4)


@settings(deadline=None)
@given(TABLES)
def test_only_the_rows_that_one_model_has_right_count_and_neither_model_is_preferred(pairs: Pairs) -> None:
    p = p_value(pairs)
    assert 0 < p <= 1
    assert p == p_value(pairs._replace(both=0, neither=7))
    turned = Pairs(pairs.both, pairs.champion_only, pairs.challenger_only, pairs.neither)
    assert p == pytest.approx(p_value(turned))
    discordant = pairs.challenger_only + pairs.champion_only
    tail = sum(comb(discordant, k) for k in range(min(pairs.challenger_only, pairs.champion_only) + 1))
    assert p == pytest.approx(min(1.0, 2 * tail / 2**discordant))


@settings(deadline=None, max_examples=30)
@given(WRONG, WRONG)
def test_every_row_is_counted_once_in_whatever_order_the_tables_are(ours: set[int], theirs: set[int]) -> None:
    pairs = pair_up(answers_of(ours, 20), answers_of(theirs, 20))
    assert pairs == Pairs(20 - len(ours | theirs), len(theirs - ours), len(ours - theirs), len(ours & theirs))
    assert pairs.rows == 20
    assert (pairs.challenger_right, pairs.champion_right) == (20 - len(ours), 20 - len(theirs))


@pytest.mark.parametrize("rows", [19, 21])
def test_other_rows_are_not_compared(rows: int) -> None:
    with pytest.raises(InputError, match=f"different rows \\({rows} and 20\\)"):
        pair_up(answers_of([], rows), answers_of([], 20))


def test_as_many_rows_that_are_others_are_not_compared() -> None:
    ours = answers_of([], 20)
    theirs = ours.assign(filename=[*ours["filename"][:-1], "another.png"])
    with pytest.raises(InputError, match="evaluate both models again"):
        pair_up(ours, theirs)
    with pytest.raises(InputError, match="different rows"):
        pair_up(ours, ours.assign(source="another"))


def test_a_row_is_right_where_its_label_is_and_its_case_is_not_wrong() -> None:
    table = pd.DataFrame({
        "label_right": ["True", "True", "True", "False", "False"], "case_right": ["True", "False", "", "True", ""],
    })  # fmt: skip
    assert right_answers(table).tolist() == [True, False, True, False, False]
