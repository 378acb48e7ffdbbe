"""The answer to one picture, as the command line prints it and the service sends it."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import numpy as np

from src.features.picture.normalize import Glyph
from src.models.verdict.verdict import Kind, judge
from src.prediction.model import Model, glyph_arrays

_DIGITS = 6
"""Decimals of what is told."""


class Candidate(TypedDict):
    """A label and its probability."""

    label: str
    p: float


class Answer(TypedDict):
    """What is said of one picture.

    label: Lowercase where it is a letter; of EMNIST's models, whose labels tell the case, the character itself.
    uppercase: None where it is a digit, or where the case cannot be told.
    p_label: Probability of the label.
    p_uppercase: None where it is a digit, or the label tells the case.
    is_character: False where the picture looks like no letter or digit; the rest is then the best guess.
    score: How much it looks like one; above the model's threshold for a character.
    top: The most probable labels, best first.
    unsure: Whether the label is less probable than what is trusted; only of a model that has such a threshold.
    more_frames: True where the file has more pages or frames than the first, which alone was read; absent otherwise.

    Of a picture without ink all labels are equally probable, and `is_character` is False.
    """

    label: str
    uppercase: bool | None
    p_label: float
    p_uppercase: float | None
    is_character: bool
    score: float
    top: list[Candidate]
    unsure: NotRequired[bool]
    more_frames: NotRequired[bool]


def answer_glyphs(
    model: Model, glyphs: Sequence[Glyph], *, kind: Kind | None = None, top: int = 3, height_known: bool = False
) -> list[Answer]:
    """Read normalised pictures.

    Args:
        model: Reads them all at once.
        glyphs: At least one.
        kind: "letter" or "digit" where the caller knows which they are.
        top: How many of the most probable labels are told, from 1 on.
        height_known: Whether the height of the ink in its picture means something, as on a ruled line.
    """
    images, heights = glyph_arrays(glyphs, model.alphabet, height_known=height_known)
    outputs = model.outputs(images, heights)
    known, has_ink = ~np.isnan(heights), images.max(axis=(1, 2)) > 0
    # Where there is no ink, the network takes paper for its thinnest label, and is sure of it.
    labels, cases = np.where(has_ink[:, None], outputs.label, 0), np.where(has_ink, outputs.case, 0)
    answers = [_answer(model, labels[n], float(cases[n]), float(outputs.score[n]), kind, top, bool(known[n]))
               for n in range(len(glyphs))]  # fmt: skip
    for n in np.flatnonzero(~has_ink):
        answers[n]["uppercase"], answers[n]["is_character"] = None, False
    return answers


def _answer(
    model: Model, label: np.ndarray, case: float, score: float, kind: Kind | None, top: int, height_known: bool
) -> Answer:
    alphabet = model.alphabet
    verdict = judge(label, case, score, model.calibration, height_known=height_known, kind=kind, alphabet=alphabet)
    order = np.argsort(-verdict.probabilities, kind="stable")[:top]
    likely = verdict.uppercase_probability
    answer: Answer = {
        "label": verdict.label,
        "uppercase": None if verdict.case in {None, "unknown"} else verdict.case == "upper",
        "p_label": round(float(verdict.probabilities.max()), _DIGITS),
        "p_uppercase": None if likely is None else round(likely, _DIGITS),
        "is_character": not verdict.refused,
        "score": round(score, _DIGITS),
        "top": [
            {"label": alphabet.labels[code], "p": round(float(verdict.probabilities[code]), _DIGITS)} for code in order
        ],
    }
    if model.calibration.label_threshold:
        answer["unsure"] = verdict.unsure
    return answer
