"""The figures of the test rows: labels, case, both, and how far the probabilities are to be believed."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import f1_score, precision_recall_fscore_support

from src.features.labels import LETTERS
from src.models.scoring.answers import Answers, Flags
from src.models.scoring.calibration_error import calibration_error
from src.models.scoring.intervals import Estimate, Floats, bootstrap, wilson
from src.models.verdict.calibration import Calibration
from src.models.verdict.verdict import returns_case

_SEED = 0
"""Of the bootstrap: the same rows give the same intervals."""


def label_figures(answers: Answers) -> dict[str, Estimate]:
    """Return the figures of the label head, by their names in details.json."""
    right, digit = answers.label_right, answers.is_digit
    return {
        "label": wilson(right),
        "label_letters": wilson(right[~digit]),
        "label_digits": wilson(right[digit]),
        "label_kind_known": wilson(kind_known_right(answers)),
        "label_top3": wilson(top_right(answers, 3)),
        "label_macro_f1": macro_f1(answers.label, answers.predicted),
        "kind": wilson(answers.alphabet.digits[answers.predicted] == digit),
    }


def case_figures(answers: Answers, paired: Flags, suffix: str = "") -> dict[str, Estimate]:
    """Return the figures of the case head; digits, and letters whose case is not known, are left out.

    Args:
        answers: All test rows.
        paired: (n,) whether the row's letter has both cases in the corpus: only there case must be seen.
        suffix: Put behind each name.
    """
    right, counted = answers.case_right, answers.has_case
    return {
        f"case_letters{suffix}": wilson(right[counted]),
        f"case_paired{suffix}": wilson(right[counted & paired]),
        f"joint{suffix}": wilson(answers.joint_right),
    }


def label_calibration(answers: Answers, bins: int, suffix: str = "") -> dict[str, Estimate]:
    """Return the expected calibration error of the most probable label."""
    return {f"label_ece{suffix}": _calibration(answers.probabilities.max(axis=1), answers.label_right, bins)}


def calibration_figures(answers: Answers, bins: int, suffix: str = "") -> dict[str, Estimate]:
    """Return the expected calibration errors of the most probable label, and of the probability of uppercase."""
    counted = answers.has_case
    uppercase = answers.uppercase_probability[counted]
    return {
        **label_calibration(answers, bins, suffix),
        f"case_ece{suffix}": _calibration(uppercase, answers.is_uppercase[counted] > 0, bins),
    }


def returned_figures(
    answers: Answers, paired: Flags, calibration: Calibration, suffix: str = ""
) -> dict[str, Estimate]:
    """Return how often a case is told and not "unknown", and how often it is then right.

    Args:
        answers: All test rows, calibrated.
        paired: As in `case_figures`: only those rows count.
        calibration: With the threshold.
        suffix: Put behind each name.
    """
    counted = answers.take(answers.has_case & paired)
    returned = returns_case(counted.uppercase_probability, calibration)
    return {
        f"case_returned{suffix}": wilson(returned),
        f"case_returned_right{suffix}": wilson(counted.case_right[returned]),
    }


def trust_figures(answers: Answers, threshold: float) -> dict[str, Estimate]:
    """Return how many answers are unsure, less probable than a threshold, and how many are right of both kinds."""
    unsure = answers.probabilities.max(axis=1) < threshold
    return {
        "unsure": wilson(unsure),
        "right_where_sure": wilson(answers.label_right[~unsure]),
        "right_where_unsure": wilson(answers.label_right[unsure]),
    }


def kind_known_predicted(answers: Answers) -> NDArray[np.int64]:
    """Return each row's most probable label, (n,), when one is told that it is a letter, or a digit."""
    of_other_kind = answers.alphabet.digits != answers.is_digit[:, None]
    among_kind = np.where(of_other_kind, -np.inf, answers.label_logits)
    return np.asarray(among_kind.argmax(axis=1), np.int64)


def kind_known_right(answers: Answers) -> Flags:
    """Say of each row whether its label is right when one is told that it is a letter, or a digit."""
    return np.asarray(kind_known_predicted(answers) == answers.label)


def top_right(answers: Answers, count: int) -> Flags:
    """Say of each row whether its label is among the `count` most probable."""
    return np.asarray((answers.ranking[:, :count] == answers.label[:, None]).any(axis=1))


def macro_f1(label: NDArray[np.int64], predicted: NDArray[np.int64]) -> Estimate:
    """Return the mean F1 over the labels that the rows have."""
    present = np.unique(label)
    true, said = label[:, None] == present, predicted[:, None] == present
    hits, sizes = (true & said).astype(np.float64), true.astype(np.float64) + said

    def statistic(counts: Floats) -> Floats:
        mean: Floats = (2 * (counts @ hits) / (counts @ sizes)).mean(axis=1)
        return mean

    estimate = bootstrap(statistic, label, np.random.default_rng(_SEED))
    if estimate.n == 0:
        return estimate
    return estimate._replace(value=float(f1_score(label, predicted, labels=present, average="macro")))


def class_table(answers: Answers) -> pd.DataFrame:
    """Return label, precision, recall, f1, support of each label; NaN where nothing is to divide by."""
    labels = answers.alphabet.labels
    columns = precision_recall_fscore_support(
        answers.label, answers.predicted, labels=range(len(labels)), zero_division=np.nan
    )
    scores = dict(zip(("precision", "recall", "f1", "support"), columns, strict=True))
    return pd.DataFrame({"label": list(labels), **scores})


def paired_letters(frame: pd.DataFrame) -> frozenset[str]:
    """Return the letters that a sample table has in both cases."""
    letters = frame[frame["label"].isin(list(LETTERS)) & frame["is_uppercase"].notna()]
    cases = letters.groupby("label")["is_uppercase"].nunique()
    return frozenset(cases.index[cases > 1])


def _calibration(probability: Floats, happened: Flags, bins: int) -> Estimate:
    together = np.zeros(len(happened), np.int64)
    return bootstrap(calibration_error(probability, happened, bins), together, np.random.default_rng(_SEED))
