import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.registry.decision import Decision, Stamp, decide
from src.registry.mcnemar import Pairs, p_value

STAMP = Stamp("2026-11-21T12:00:00+00:00", "tester")
COUNTS = st.integers(0, 40)


@settings(deadline=None)
@given(st.builds(Pairs, COUNTS, COUNTS, COUNTS, COUNTS), st.floats(0.001, 0.999))
def test_only_who_is_right_more_often_by_more_than_chance_is_promoted(pairs: Pairs, alpha: float) -> None:
    decision = decide("2", "1", pairs, alpha, STAMP)
    better = pairs.challenger_right > pairs.champion_right and p_value(pairs) < alpha
    assert decision.action == ("promoted" if better else "refused")
    assert decision.p_value == p_value(pairs)


@pytest.mark.parametrize(
    ("pairs", "why"),
    [
        (Pairs(80, 12, 2, 6), "p = 0.0129 < 0.05"),
        (Pairs(80, 7, 2, 11), "p = 0.18; not less than 0.05: it may be chance"),
        (Pairs(80, 2, 12, 6), "p = 0.0129; it is not better"),
        (Pairs(80, 5, 5, 10), "p = 1; it is not better"),
    ],
)
def test_why_is_said_with_both_scores_and_the_rows_that_tell_the_models_apart(pairs: Pairs, why: str) -> None:
    decision = decide("2", "1", pairs, 0.05, STAMP)
    counted = f"right on {pairs.challenger_right} of 100 rows, version 1 on {pairs.champion_right}"
    assert decision.reason.startswith(counted)
    assert decision.reason.endswith(why)
    assert decision.in_words() == f"{STAMP.at}, tester: version 2 {decision.action}: {decision.reason}"


def test_the_document_holds_all_that_was_known() -> None:
    decision = decide("2", "1", Pairs(80, 12, 2, 6), 0.05, STAMP)
    assert json.loads(decision.as_json()) == {
        "action": "promoted",
        "version": "2",
        "champion": "1",
        "reason": decision.reason,
        "stamp": {"at": STAMP.at, "by": "tester"},
        "pairs": {"both": 80, "challenger_only": 12, "champion_only": 2, "neither": 6},
        "p_value": pytest.approx(0.01294, rel=1e-3),
        "alpha": 0.05,
        "scores": {"version": {"right": 92, "n": 100}, "champion": {"right": 82, "n": 100}},
    }


def test_a_level_that_is_reached_and_no_more_promotes_nobody() -> None:
    pairs = Pairs(80, 12, 2, 6)
    assert decide("2", "1", pairs, p_value(pairs), STAMP).action == "refused"


def test_without_a_test_the_document_has_no_scores_and_names_stay_readable() -> None:
    decision = Decision("rolled back", "1", "2", "back from version 2", Stamp(STAMP.at, "Оксана"))
    document = json.loads(decision.as_json())
    assert "scores" not in document
    assert (document["pairs"], document["p_value"], document["alpha"]) == (None, None, None)
    assert "Оксана" in decision.as_json()


def test_why_a_version_is_promoted_is_said_in_full() -> None:
    assert decide("2", "1", Pairs(80, 12, 2, 6), 0.05, STAMP).reason == (
        "right on 92 of 100 rows, version 1 on 82; alone right on 12, version 1 on 2; McNemar's exact p = 0.0129 < 0.05"
    )
