"""Alphabets: the labels of a task, and what is known of each label's case. The one of Pysar has 43."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

DIGITS = "0123456789"
LETTERS = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
LABELS = DIGITS + LETTERS
"""All labels of Pysar in their fixed order; a label's code is its position here."""

_TOLD_BY_LABEL = "label"


def is_digit(label: str) -> bool:
    """Say whether a label is a digit; digits carry no case."""
    return len(label) == 1 and label in DIGITS


@dataclass(frozen=True)
class Alphabet:
    """The labels of a task, in their fixed order.

    labels: One character each, digits first; a label's code is its position.
    case_head: Whether the case of a letter is a question of its own, which the network's case head answers: а then
        stands for а and А. Otherwise the label is what is seen: A and a are two labels where there are both, and
        where there is one of them it stands for both.

    Raises:
        ValueError: There are no labels, one is there twice, or a digit comes after a letter.
    """

    labels: str
    case_head: bool = True

    def __post_init__(self) -> None:
        """Refuse labels that are none."""
        if not self.labels or len(set(self.labels)) < len(self.labels):
            raise ValueError(f"labels {self.labels!r}: none, or one of them twice")
        if (np.diff(self.digits.astype(np.int8)) > 0).any():
            raise ValueError(f"labels {self.labels!r}: digits must come first")

    def __len__(self) -> int:
        """Return how many labels there are."""
        return len(self.labels)

    @cached_property
    def codes(self) -> Mapping[str, int]:
        """Each label's position."""
        return {label: code for code, label in enumerate(self.labels)}

    @cached_property
    def digits(self) -> NDArray[np.bool_]:
        """(n,): which of the labels are digits."""
        return np.array([is_digit(label) for label in self.labels])

    def label_of(self, character: str) -> str | None:
        """Return the label that a character has: itself, or its other case; None where it has none."""
        found = (label for label in (character, character.lower(), character.upper()) if label in self.codes)
        return next(found, None)

    def is_uppercase(self, label: str) -> bool | None:
        """Return the case that a label tells by itself; None for a digit, and where it stands for both cases."""
        both = {label.lower(), label.upper()}
        return label.isupper() if len(both & self.codes.keys()) > 1 else None

    def described(self) -> dict[str, str]:
        """Return what a model's file says of its labels."""
        return {"labels": self.labels} | ({} if self.case_head else {"case": _TOLD_BY_LABEL})

    @classmethod
    def of_described(cls, described: Mapping[str, str]) -> "Alphabet":
        """Return the alphabet that a model's file describes.

        Raises:
            ValueError: It describes none.
        """
        return cls(described.get("labels", ""), described.get("case") != _TOLD_BY_LABEL)


UKRAINIAN = Alphabet(LABELS)
CODES = UKRAINIAN.codes
