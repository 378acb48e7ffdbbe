"""What the model's outputs for one picture mean to who asked: with NumPy alone, for prediction and serving."""

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from src.common.errors import InputError
from src.features.labels import UKRAINIAN, Alphabet, is_digit
from src.models.verdict.calibration import Calibration
from src.models.verdict.probabilities import Floats, logistic, softmax, surely

Kind = Literal["letter", "digit"]
Case = Literal["upper", "lower", "unknown"]

TOP = 3


class Verdict(NamedTuple):
    """The answer to one picture.

    refused: The picture looks like no character; what follows is then the best guess.
    label: The most probable label, lowercase where the case is a question of its own.
    case: None for a digit; "unknown" where the network is not sure enough, or the label stands for both cases.
    top: The three most probable labels, each with its probability, best first.
    probabilities: (classes,) float64 in the order of the alphabet, sum 1; 0 for labels of another kind than was asked.
    uppercase_probability: None for a digit, and where the case is told by the label.
    unsure: The label is not probable enough to be trusted.
    """

    refused: bool
    label: str
    case: Case | None
    top: tuple[tuple[str, float], ...]
    probabilities: Floats
    uppercase_probability: float | None
    unsure: bool


def judge(
    label_logits: NDArray[np.floating],
    case_logit: float,
    score: float,
    calibration: Calibration,
    *,
    height_known: bool,
    kind: str | None = None,
    alphabet: Alphabet = UKRAINIAN,
) -> Verdict:
    """Turn the model's outputs for one picture into an answer.

    Args:
        label_logits: (classes,) of output `label`.
        case_logit: Of output `case`.
        score: Of output `score`.
        calibration: Of the model: its metadata `calibration`.
        height_known: Whether the model was told the relative height.
        kind: "letter" or "digit" where the caller knows which it is, None where not.
        alphabet: Of the model.

    Raises:
        InputError: `kind` is none of the three, or the alphabet has no label of that kind.
    """
    probabilities = label_probabilities(label_logits, calibration, kind, alphabet)
    order = np.argsort(-probabilities, kind="stable")[:TOP]
    top = tuple((alphabet.labels[code], float(probabilities[code])) for code in order)
    label, case, uppercase = top[0][0], None, None
    if not alphabet.case_head:
        case = _case_of(label, alphabet)
    elif not is_digit(label):
        temperature = calibration.case_temperature_for(height_known=height_known)
        uppercase = float(logistic(np.asarray(case_logit / temperature)))
        case = _case(uppercase, calibration)
    refused, unsure = not bool(accepts(score, calibration)), top[0][1] < calibration.label_threshold
    return Verdict(refused, label, case, top, probabilities, uppercase, unsure)


def label_probabilities(
    logits: NDArray[np.floating], calibration: Calibration, kind: str | None = None, alphabet: Alphabet = UKRAINIAN
) -> Floats:
    """Return (..., classes) label logits as probabilities, those of the other kind 0 where the kind is known.

    Raises:
        InputError: `kind` is neither "letter" nor "digit" nor None, or the alphabet has no label of that kind.
    """
    if kind is not None and kind not in get_args(Kind):
        raise InputError(f'kind: {kind!r}: say "letter", "digit", or nothing (None) where it is not known')
    scaled = logits.astype(np.float64) / calibration.label_temperature
    if kind is None:
        return softmax(scaled)
    of_kind = alphabet.digits == (kind == "digit")
    if not of_kind.any():
        raise InputError(f"kind: the model reads no {kind}s; leave the kind out")
    return softmax(np.where(of_kind, scaled, -np.inf))


def returns_case(uppercase_probability: float | Floats, calibration: Calibration) -> NDArray[np.bool_]:
    """Say of each probability of uppercase whether the case is told, and not "unknown"."""
    return np.asarray(surely(np.asarray(uppercase_probability)) >= calibration.case_threshold)


def accepts(score: float | Floats, calibration: Calibration) -> NDArray[np.bool_]:
    """Say of each score whether its picture is taken for a character; a score that is no number is refused."""
    return np.asarray(np.asarray(score) >= calibration.score_threshold)


def _case_of(label: str, alphabet: Alphabet) -> Case | None:
    is_uppercase = alphabet.is_uppercase(label)
    if is_digit(label):
        return None
    return "unknown" if is_uppercase is None else "upper" if is_uppercase else "lower"


def _case(uppercase: float, calibration: Calibration) -> Case:
    if not returns_case(uppercase, calibration):
        return "unknown"
    return "upper" if uppercase > 0.5 else "lower"  # the likelier of two
