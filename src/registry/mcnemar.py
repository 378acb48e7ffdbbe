"""Two models on the same rows: is one right more often than chance would have it?"""

from typing import NamedTuple

import pandas as pd
from scipy.stats import binomtest

from src.common.errors import InputError

KEY = ["source", "filename"]


class Pairs(NamedTuple):
    """How many rows both models answer rightly, only the challenger, only the champion, and neither."""

    both: int
    challenger_only: int
    champion_only: int
    neither: int

    @property
    def rows(self) -> int:
        """Of the test."""
        return sum(self)

    @property
    def challenger_right(self) -> int:
        """Rows that the challenger answers rightly."""
        return self.both + self.challenger_only

    @property
    def champion_right(self) -> int:
        """Rows that the champion answers rightly."""
        return self.both + self.champion_only


def p_value(pairs: Pairs) -> float:
    """Return how probable so uneven a table is between equals: McNemar's test, exact and two-sided.

    Of the rows on which just one of the models is right, equals win half (McNemar, Psychometrika 12, 1947; as an
    exact binomial test: Fagerland et al., BMC Medical Research Methodology 13, 2013). Without such rows it is 1.
    """
    discordant = pairs.challenger_only + pairs.champion_only
    return float(binomtest(pairs.challenger_only, discordant).pvalue) if discordant else 1.0


def right_answers(predictions: pd.DataFrame) -> "pd.Series[bool]":
    """Return whether label and, where there is one, case of each row are right.

    Args:
        predictions: The table out_of_fold.csv of `calibrate`, all columns as text.
    """
    return (predictions["label_right"] == "True") & (predictions["case_right"] != "False")


def pair_up(challenger: pd.DataFrame, champion: pd.DataFrame) -> Pairs:
    """Count the pairs of answers to the same rows, known by source and filename.

    Args:
        challenger: out_of_fold.csv of the one, all columns as text.
        champion: out_of_fold.csv of the other.

    Raises:
        InputError: The rows are not the same.
    """
    ours, theirs = (table[KEY].assign(right=right_answers(table)) for table in (challenger, champion))
    paired = ours.merge(theirs, on=KEY, how="outer", suffixes=("", "_champion"), indicator=True)
    if len(paired) != len(ours) or (paired["_merge"] != "both").any():
        raise InputError(
            f"the answers are of different rows ({len(ours)} and {len(theirs)}); evaluate both models again"
        )
    mine, other = paired["right"].astype(bool), paired["right_champion"].astype(bool)
    counts = (mine & other, mine & ~other, ~mine & other, ~mine & ~other)
    return Pairs(*(int(count.sum()) for count in counts))
