"""What the network said of the test rows, beside what is true."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from src.features.labels import UKRAINIAN, Alphabet
from src.models.network.network import Logits
from src.models.rows.row_tensors import RowTensors
from src.models.scoring.intervals import Floats
from src.models.verdict.probabilities import logistic, softmax

Flags = NDArray[np.bool_]

_OF_ROWS = ("label_logits", "case_logits", "label", "is_uppercase")


@dataclass(frozen=True)
class Answers:
    """n rows.

    label_logits: (n, classes) float64, in the order of the alphabet.
    case_logits: (n,) float64, above 0 for uppercase; empty of meaning where the labels tell the case.
    label: (n,) int64, the true positions in the alphabet.
    is_uppercase: (n,) float64, 1 or 0, NaN where case does not exist, is not known, or is told by the label.
    alphabet: Of both.
    """

    label_logits: Floats
    case_logits: Floats
    label: NDArray[np.int64]
    is_uppercase: Floats
    alphabet: Alphabet = UKRAINIAN

    @cached_property
    def probabilities(self) -> Floats:
        """(n, classes): the probability of each label."""
        return softmax(self.label_logits)

    @cached_property
    def ranking(self) -> NDArray[np.int64]:
        """(n, classes): positions in the alphabet, the most probable first; of equals the first in the alphabet."""
        return np.argsort(-self.label_logits, axis=1, kind="stable")

    @cached_property
    def predicted(self) -> NDArray[np.int64]:
        """(n,): the most probable label."""
        return self.ranking[:, 0]

    @cached_property
    def uppercase_probability(self) -> Floats:
        """(n,): the probability of uppercase."""
        return logistic(self.case_logits)

    @property
    def is_digit(self) -> Flags:
        """(n,): whether the row truly is a digit."""
        return np.asarray(self.alphabet.digits[self.label])

    @property
    def has_case(self) -> Flags:
        """(n,): whether the row's case exists and is known: all that counts in a figure of case."""
        return ~np.isnan(self.is_uppercase)

    @property
    def label_right(self) -> Flags:
        """(n,): whether the label is right."""
        return np.asarray(self.predicted == self.label)

    @property
    def case_right(self) -> Flags:
        """(n,): whether the case is right; False where there is none to be right about."""
        return np.asarray(self.has_case & ((self.case_logits > 0) == (self.is_uppercase > 0)))

    @property
    def joint_right(self) -> Flags:
        """(n,): whether the label is right, and the case too where there is one."""
        return np.asarray(self.label_right & (self.case_right | ~self.has_case))

    def take(self, rows: Flags | NDArray[np.intp]) -> "Answers":
        """Return the answers of the rows that are marked, or of those at some positions."""
        return replace(self, **{name: getattr(self, name)[rows] for name in _OF_ROWS})

    def symbol(self, row: int) -> str:
        """Return the character that is true of a row, in its case."""
        return self._written(int(self.label[row]), is_uppercase=bool(self.is_uppercase[row] > 0))

    def predicted_symbol(self, row: int) -> str:
        """Return the character that the network says a row is, in the case that it says."""
        return self._written(int(self.predicted[row]), is_uppercase=bool(self.case_logits[row] > 0))

    def _written(self, code: int, *, is_uppercase: bool) -> str:
        label = self.alphabet.labels[code]
        return label.upper() if is_uppercase and self.alphabet.case_head else label


def make_answers(logits: Logits, samples: RowTensors, alphabet: Alphabet = UKRAINIAN) -> Answers:
    """Take the network's logits of samples off the device."""
    return Answers(
        logits.label.cpu().numpy().astype(np.float64),
        logits.case.cpu().numpy().astype(np.float64),
        samples.label.cpu().numpy(),
        samples.is_uppercase.cpu().numpy().astype(np.float64),
        alphabet,
    )


def join_answers(parts: Sequence[Answers]) -> Answers:
    """Return the answers of all parts, which are of one alphabet, one after another."""
    joined: dict[str, Any] = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _OF_ROWS}
    return replace(parts[0], **joined)
