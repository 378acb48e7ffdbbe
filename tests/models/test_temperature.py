import numpy as np
import pytest

from src.models.answers import Answers
from src.models.calibration import calibration_error
from src.models.temperature import cross_calibrated, fit_temperatures, scaled

NAN = np.full(600, np.nan)


def overconfident(factor: float, seed: int = 0) -> Answers:
    """Answers whose probabilities would come true if their logits were divided by `factor`."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(0, 2, (600, 43))
    odds = np.exp(logits)
    label = np.array([generator.choice(43, p=row / row.sum()) for row in odds])
    return Answers(logits * factor, NAN, label, NAN)


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_the_temperature_is_how_far_the_logits_exaggerate(factor: float) -> None:
    assert fit_temperatures(overconfident(factor)).label == pytest.approx(factor, rel=0.1)


def test_scaling_changes_no_answer_and_makes_probabilities_come_true() -> None:
    given = overconfident(3.0)
    better = scaled(given, fit_temperatures(given))
    assert np.array_equal(better.ranking, given.ranking)
    assert error(better) < 0.06 < error(given)


def test_no_fold_has_a_say_in_its_own_temperature() -> None:
    given, fold = overconfident(2.0), np.arange(600) % 3
    changed = Answers(given.label_logits, NAN, np.where(fold == 0, 0, given.label), NAN)
    before, after = cross_calibrated(given, fold), cross_calibrated(changed, fold)
    assert np.array_equal(before.label_logits[fold == 0], after.label_logits[fold == 0])
    assert not np.array_equal(before.label_logits[fold == 1], after.label_logits[fold == 1])


def error(answers: Answers) -> float:
    confidence = answers.probabilities.max(axis=1)
    return float(calibration_error(confidence, answers.label_right, 10)(np.ones((1, 600)))[0])
