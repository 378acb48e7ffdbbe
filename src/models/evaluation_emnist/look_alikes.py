"""Characters that nobody tells apart for certain: what becomes of 0 and O, of 1, I and l, of g and q."""

from typing import Any

import numpy as np
import pandas as pd

from src.features.labels import Alphabet
from src.models.reports.answer_tables import label_counts
from src.models.scoring.answers import Answers
from src.models.scoring.intervals import wilson

LOOK_ALIKES = ("0O", "1Il", "gq")


def look_alikes(alphabet: Alphabet) -> list[str]:
    """Return the groups that have two labels or more in an alphabet, as labels: l is L where that stands for it."""
    labelled = ([alphabet.label_of(character) for character in group] for group in LOOK_ALIKES)
    groups = ["".join(label for label in dict.fromkeys(labels) if label) for labels in labelled]
    return [group for group in groups if len(group) > 1]


def look_alike_figures(answers: Answers) -> dict[str, Any]:
    """Return of each group how many of its rows are read rightly, and how many as another of the group."""
    figures = {}
    for group in look_alikes(answers.alphabet):
        codes = [answers.alphabet.codes[label] for label in group]
        shown = answers.take(np.isin(answers.label, codes))
        taken = np.isin(shown.predicted, codes) & ~shown.label_right
        figures["/".join(group)] = {"right": wilson(shown.label_right).as_json(), "confused": wilson(taken).as_json()}
    return figures


def look_alike_table(answers: Answers) -> pd.DataFrame:
    """Return a row for each two labels of a group, in both directions and each with itself.

    Returns:
        Columns group, shown, said, times, rows (of what is shown), share.
    """
    counts, codes = label_counts(answers), answers.alphabet.codes
    rows = [
        {
            "group": "/".join(group), "shown": shown, "said": said, "times": int(counts[codes[shown], codes[said]]),
            "rows": int(counts[codes[shown]].sum()),
        }
        for group in look_alikes(answers.alphabet)
        for shown in group
        for said in group
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["group", "shown", "said", "times", "rows"])
    return table.assign(share=(table["times"] / table["rows"].clip(lower=1)).round(4))
