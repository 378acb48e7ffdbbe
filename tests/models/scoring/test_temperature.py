from dataclasses import replace

import numpy as np
import pytest

from src.models.scoring.answers import Answers
from src.models.scoring.calibration_error import calibration_error
from src.models.scoring.temperature import cross_fitted, fit_temperatures, scaled, temperatures_of
from tests.models.factory import CALIBRATION

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
    before, after = cross_fitted(given, fold), cross_fitted(changed, fold)
    assert np.array_equal(before.label_logits[fold == 0], after.label_logits[fold == 0])
    assert not np.array_equal(before.label_logits[fold == 1], after.label_logits[fold == 1])


def exaggerated_case(factor: float) -> Answers:
    """Answers whose probability of uppercase would come true if their case logit were divided by `factor`."""
    generator = np.random.default_rng(0)
    logit = generator.normal(0, 2, 6000)
    uppercase = (generator.random(6000) < 1 / (1 + np.exp(-logit))).astype(float)
    return Answers(np.zeros((6000, 43)), logit * factor, np.full(6000, 20), uppercase)


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_the_temperature_of_the_case_is_how_far_its_logit_exaggerates(factor: float) -> None:
    assert fit_temperatures(exaggerated_case(factor)).case == pytest.approx(factor, rel=0.1)


def test_rows_without_a_case_have_no_say_in_its_temperature() -> None:
    given = exaggerated_case(2.0)
    hidden = np.arange(6000) % 2 == 0
    some = replace(given, is_uppercase=np.where(hidden, np.nan, given.is_uppercase))
    assert fit_temperatures(some).case == fit_temperatures(given.take(~hidden)).case
    assert fit_temperatures(overconfident(2.0)).case == 1


def test_a_calibration_gives_the_temperatures_of_a_known_and_of_a_hidden_height() -> None:
    assert temperatures_of(CALIBRATION, height_known=True) == (0.8, 1.5)
    assert temperatures_of(CALIBRATION, height_known=False) == (0.8, 2)


def error(answers: Answers) -> float:
    confidence = answers.probabilities.max(axis=1)
    return float(calibration_error(confidence, answers.label_right, 10)(np.ones((1, 600)))[0])
