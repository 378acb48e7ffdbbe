import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from src.common.errors import InputError
from src.features.labels import CODES, DIGITS, LABELS, LETTERS, Alphabet, is_digit
from src.models.verdict.calibration import Calibration
from src.models.verdict.verdict import Verdict, accepts, judge, label_probabilities, returns_case
from tests.models.factory import CALIBRATION

FINITE = st.floats(-50, 50, width=32)
LOGITS = arrays(np.float32, len(LABELS), elements=FINITE)
KINDS = st.sampled_from([None, "letter", "digit"])


def _ask(logits: np.ndarray, case: float = 3.0, score: float = 0.0, **given: object) -> Verdict:
    settings = {"calibration": CALIBRATION, "height_known": True, **given}
    return judge(logits, case, score, **settings)  # type: ignore[arg-type]  # one of several types by name


def _only(label: str) -> np.ndarray:
    return np.where(np.arange(len(LABELS)) == CODES[label], 5, 0).astype(np.float32)


@given(logits=LOGITS, kind=KINDS)
def test_probabilities_sum_to_one_and_the_best_three_lead(logits: np.ndarray, kind: str | None) -> None:
    verdict = _ask(logits, kind=kind)
    assert verdict.probabilities.sum() == pytest.approx(1)
    assert (verdict.probabilities >= 0).all()
    shares = [share for _, share in verdict.top]
    assert shares == sorted(verdict.probabilities, reverse=True)[:3]
    assert verdict.label == verdict.top[0][0]


@given(logits=LOGITS)
def test_a_known_kind_rules_out_the_other_and_leaves_the_odds_of_its_own(logits: np.ndarray) -> None:
    free = label_probabilities(logits, CALIBRATION)
    for kind, own in (("letter", LETTERS), ("digit", DIGITS)):
        masked = label_probabilities(logits, CALIBRATION, kind)
        mine = np.array([label in own for label in LABELS])
        assert (masked[~mine] == 0).all()
        np.testing.assert_allclose(masked[mine] * free[mine].sum(), free[mine], atol=1e-9)


@given(logits=LOGITS, case=FINITE, kind=KINDS, height_known=st.booleans())
def test_a_digit_has_no_case_and_a_letter_has_one_of_three(
    logits: np.ndarray, case: float, kind: str | None, *, height_known: bool
) -> None:
    verdict = _ask(logits, case, kind=kind, height_known=height_known)
    if is_digit(verdict.label):
        assert (verdict.case, verdict.uppercase_probability) == (None, None)
    else:
        assert verdict.case in {"upper", "lower", "unknown"}
        assert verdict.uppercase_probability is not None
        assert 0 <= verdict.uppercase_probability <= 1


@given(case=FINITE, score=FINITE, low=st.floats(0.5, 1), high=st.floats(0.5, 1))
def test_a_higher_threshold_never_tells_or_accepts_more(case: float, score: float, low: float, high: float) -> None:
    low, high = min(low, high), max(low, high)
    lenient, strict = (
        _ask(_only("ж"), case, score, calibration=_with(case_threshold=t, score_threshold=t)) for t in (low, high)
    )
    assert strict.case in {lenient.case, "unknown"}
    assert strict.refused >= lenient.refused


@given(case=st.floats(0.1, 40))
def test_the_case_is_that_of_the_logit_s_sign(case: float) -> None:
    everything = _with(case_threshold=0.5)
    assert _ask(_only("ж"), case, calibration=everything).case == "upper"
    assert _ask(_only("ж"), -case, calibration=everything).case == "lower"


def test_the_temperature_of_the_case_is_that_of_a_told_or_an_untold_height() -> None:
    told, untold = (_ask(_only("ж"), 3.0, height_known=known).uppercase_probability for known in (True, False))
    assert told == pytest.approx(1 / (1 + np.exp(-3 / CALIBRATION.case_temperature)))
    assert untold == pytest.approx(1 / (1 + np.exp(-3 / CALIBRATION.case_temperature_unknown_height)))


def test_a_score_below_the_threshold_or_of_no_number_refuses_the_picture() -> None:
    threshold = CALIBRATION.score_threshold
    refused = [_ask(_only("ж"), score=score).refused for score in (threshold, threshold - 0.1, float("nan"))]
    assert refused == [False, True, True]


def test_another_kind_is_an_error_that_names_the_three() -> None:
    with pytest.raises(InputError, match='kind: \'word\': say "letter", "digit", or nothing'):
        _ask(_only("ж"), kind="word")


@pytest.mark.parametrize(("label", "case"), [("1", None), ("A", "upper"), ("a", "lower"), ("C", "unknown")])
def test_a_label_that_tells_the_case_is_believed_and_not_the_case_head(label: str, case: str | None) -> None:
    glyphs = Alphabet("01ABCab", case_head=False)
    logits = np.where(np.arange(len(glyphs)) == glyphs.codes[label], 5, 0).astype(np.float32)
    verdicts = [_ask(logits, case_logit, alphabet=glyphs) for case_logit in (-9.0, 9.0)]
    assert verdicts[0][:4] == verdicts[1][:4]
    assert (verdicts[0].label, verdicts[0].case, verdicts[0].uppercase_probability) == (label, case, None)


def test_a_kind_of_which_a_model_has_no_label_is_an_error() -> None:
    digits = Alphabet(DIGITS)
    assert _ask(np.zeros(10, np.float32), kind="digit", alphabet=digits).label == "0"
    with pytest.raises(InputError, match="the model reads no letters"):
        _ask(np.zeros(10, np.float32), kind="letter", alphabet=digits)


def test_neither_torch_nor_pandas_is_needed() -> None:
    script = "import json, sys, src.models.verdict.verdict; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in json.loads(done.stdout)}
    assert not loaded & {"torch", "pandas", "scipy", "sklearn", "mlflow", "dvc", "onnxruntime"}


def _with(**values: float) -> Calibration:
    return Calibration(**{**CALIBRATION.model_dump(), **values})


def test_the_label_s_probability_is_that_of_its_logit_by_the_temperature() -> None:
    verdict = _ask(_only("ж"))
    odds = np.exp(5 / CALIBRATION.label_temperature)
    assert verdict.top[0][1] == pytest.approx(odds / (odds + len(LABELS) - 1))
    assert [label for label, _ in verdict.top] == ["ж", "0", "1"]  # equals in the order of the alphabet


def test_an_answer_is_unsure_below_the_threshold_of_its_label_alone() -> None:
    share = _ask(_only("ж")).top[0][1]
    thresholds = (0.0, share, float(np.nextafter(share, 1)))
    unsure = [_ask(_only("ж"), calibration=_with(label_threshold=threshold)).unsure for threshold in thresholds]
    assert unsure == [False, False, True]


def test_a_case_is_told_from_its_threshold_on_and_of_many_at_once() -> None:
    calibration = _with(case_threshold=0.75)
    told = returns_case(np.array([0.8, 0.75, 0.74, 0.5, 0.26, 0.25, 0.1]), calibration)
    assert told.tolist() == [True, True, False, False, False, True, True]
    assert _case_at(0.5, _with(case_threshold=0.5)) == "lower"
    assert accepts(np.array([0.0, 1.0, np.nan]), _with(score_threshold=1.0)).tolist() == [False, True, False]


def _case_at(uppercase: float, calibration: Calibration) -> str | None:
    logit = float(np.log(uppercase / (1 - uppercase))) * CALIBRATION.case_temperature
    return _ask(_only("ж"), logit, calibration=calibration).case


def test_rows_of_logits_become_rows_of_probabilities() -> None:
    logits = np.stack([_only("ж"), _only("1")])
    for kind in (None, "letter", "digit"):
        rows = label_probabilities(logits, CALIBRATION, kind)
        np.testing.assert_allclose(rows, [label_probabilities(row, CALIBRATION, kind) for row in logits])
