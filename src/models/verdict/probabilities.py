"""Logits as probabilities, with NumPy alone: what evaluation and prediction do alike."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def softmax(logits: Floats) -> Floats:
    """Return (..., classes) logits as probabilities that sum to 1 along the last axis; -inf becomes 0."""
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    values: Floats = odds / odds.sum(axis=-1, keepdims=True)
    return values


def logistic(logits: Floats) -> Floats:
    """Return logits as probabilities, each for itself."""
    # Written with exp it overflows.
    values: Floats = (1 + np.tanh(logits / 2)) / 2
    return values


def surely(probability: Floats) -> Floats:
    """Return the probability of the likelier of two answers, 0.5 to 1, from that of one of them."""
    values: Floats = np.maximum(probability, 1 - probability)
    return values
