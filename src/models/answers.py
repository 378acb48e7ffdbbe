"""What the network said of the test rows, beside what is true."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from src.features.labels import DIGITS, LABELS
from src.models.intervals import Floats
from src.models.network import Logits
from src.models.probabilities import logistic, softmax
from src.models.samples import Samples

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Answers:
    """n rows.

    label_logits: (n, 43) float64, in the order of `LABELS`.
    case_logits: (n,) float64, above 0 for uppercase.
    label: (n,) int64, the true positions in `LABELS`.
    is_uppercase: (n,) float64, 1 or 0, NaN where case does not exist or is not known.
    """

    label_logits: Floats
    case_logits: Floats
    label: NDArray[np.int64]
    is_uppercase: Floats

    @cached_property
    def probabilities(self) -> Floats:
        """(n, 43): the probability of each label."""
        return softmax(self.label_logits)

    @cached_property
    def ranking(self) -> NDArray[np.int64]:
        """(n, 43): positions in `LABELS`, the most probable first; of equals the first in the alphabet."""
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
        return np.asarray(self.label < len(DIGITS))

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
        return Answers(*(getattr(self, field.name)[rows] for field in fields(self)))

    def symbol(self, row: int) -> str:
        """Return the character that is true of a row, in its case."""
        label = LABELS[self.label[row]]
        return label.upper() if self.is_uppercase[row] > 0 else label

    def predicted_symbol(self, row: int) -> str:
        """Return the character that the network says a row is, in the case that it says."""
        label = LABELS[self.predicted[row]]
        return label.upper() if self.case_logits[row] > 0 else label


def make_answers(logits: Logits, samples: Samples) -> Answers:
    """Take the network's logits of samples off the device."""
    return Answers(
        logits.label.cpu().numpy().astype(np.float64),
        logits.case.cpu().numpy().astype(np.float64),
        samples.label.cpu().numpy(),
        samples.is_uppercase.cpu().numpy().astype(np.float64),
    )


def join_answers(parts: Sequence[Answers]) -> Answers:
    """Return the answers of all parts, one after another."""
    return Answers(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Answers)))
