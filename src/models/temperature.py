"""Temperature scaling: logits divided by one number, so that probabilities come true (Guo et al., ICML 2017)."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from src.models.answers import Answers

_COLDEST, _HOTTEST = 0.1, 10.0


def fit_temperature(answers: Answers) -> float:
    """Return the temperature of the label logits under which the true labels are the most likely."""
    rows = np.arange(len(answers.label))

    def surprise(log_temperature: float) -> float:
        scaled = answers.label_logits / np.exp(log_temperature)
        return float(-log_softmax(scaled, axis=1)[rows, answers.label].mean())

    bounds = (float(np.log(_COLDEST)), float(np.log(_HOTTEST)))
    return float(np.exp(minimize_scalar(surprise, bounds=bounds, method="bounded").x))


def scaled(answers: Answers, temperature: float) -> Answers:
    """Return answers whose label logits are divided by the temperature; no answer changes, only its probability."""
    return replace(answers, label_logits=answers.label_logits / temperature)


def cross_calibrated(answers: Answers, fold: NDArray[np.int64]) -> Answers:
    """Return answers, each fold scaled with the temperature of the others: it chooses nothing for itself."""
    logits = answers.label_logits.copy()
    for number in np.unique(fold):
        own = fold == number
        logits[own] /= fit_temperature(answers.take(~own))
    return replace(answers, label_logits=logits)
