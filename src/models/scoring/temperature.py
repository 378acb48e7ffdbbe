"""Temperature scaling: logits divided by one number, so that probabilities come true (Guo et al., ICML 2017)."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from src.models.scoring.answers import Answers
from src.models.verdict.calibration import Calibration

_COLDEST, _HOTTEST = 0.1, 10.0


class Temperatures(NamedTuple):
    """Of the label logits, and of the case logit."""

    label: float
    case: float


def fit_temperatures(answers: Answers) -> Temperatures:
    """Return the temperatures under which the true labels and the true cases are the most likely.

    Where no row has a case, that of the case is 1.
    """
    rows, counted = np.arange(len(answers.label)), answers.has_case
    towards = np.where(answers.is_uppercase > 0, answers.case_logits, -answers.case_logits)[counted]

    def label_surprise(temperature: float) -> float:
        return float(-log_softmax(answers.label_logits / temperature, axis=1)[rows, answers.label].mean())

    def case_surprise(temperature: float) -> float:
        return float(np.logaddexp(0, -towards / temperature).mean())

    return Temperatures(_coolest(label_surprise), _coolest(case_surprise) if counted.any() else 1.0)


def temperatures_of(calibration: Calibration, *, height_known: bool) -> Temperatures:
    """Return the temperatures that were chosen for answers with their heights known, or hidden."""
    return Temperatures(calibration.label_temperature, calibration.case_temperature_for(height_known=height_known))


def scaled(answers: Answers, temperatures: Temperatures) -> Answers:
    """Return answers whose logits are divided by the temperatures; no answer changes, only its probability."""
    return replace(
        answers,
        label_logits=answers.label_logits / temperatures.label,
        case_logits=answers.case_logits / temperatures.case,
    )


def cross_fitted(answers: Answers, fold: NDArray[np.int64]) -> Answers:
    """Return answers, each fold scaled with the temperatures of the others: it chooses nothing for itself."""
    label, case = answers.label_logits.copy(), answers.case_logits.copy()
    for number in np.unique(fold):
        own = fold == number
        temperatures = fit_temperatures(answers.take(~own))
        label[own] /= temperatures.label
        case[own] /= temperatures.case
    return replace(answers, label_logits=label, case_logits=case)


def _coolest(surprise: Callable[[float], float]) -> float:
    bounds = (float(np.log(_COLDEST)), float(np.log(_HOTTEST)))
    found = minimize_scalar(lambda logarithm: surprise(float(np.exp(logarithm))), bounds=bounds, method="bounded")
    return float(np.exp(found.x))
