"""How many rows of a sample table are of which label, kind and case."""

from typing import Any

import pandas as pd

from src.data.tables.source_names import holds_sample
from src.features.labels import DIGITS, LETTERS


def count_rows(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the numbers of rows: in all, by kind (letters, digits) and by case (lowercase, uppercase, unknown).

    Digits count as no case.
    """
    is_digit = frame["label"].isin(list(DIGITS))
    is_uppercase = frame.loc[~is_digit, "is_uppercase"]
    return {
        "rows": len(frame),
        "kind": {"letters": int((~is_digit).sum()), "digits": int(is_digit.sum())},
        "case": {
            "lowercase": int((~is_uppercase.fillna(value=True)).sum()),
            "uppercase": int(is_uppercase.fillna(value=False).sum()),
            "unknown": int(is_uppercase.isna().sum()),
        },
    }


def count_corpus(frame: pd.DataFrame, dropped: dict[str, int]) -> dict[str, Any]:
    """Return the details of a corpus of letters.

    Args:
        frame: Its sample table.
        dropped: How many of its pictures are not in the table, by reason.

    Returns:
        sample, whether it is the embedded one; pictures, how many it has; dropped; rows; case, how many rows are of
        which; letters, how many rows of each letter are of which case that the letter has.
    """
    counts = count_rows(frame)
    cases = frame["is_uppercase"].map({False: "lowercase", True: "uppercase"}).fillna("unknown")
    by_letter = pd.crosstab(frame["label"], cases)
    letters = {
        str(letter): {str(case): int(count) for case, count in row.items() if count}
        for letter, row in by_letter.reindex([letter for letter in LETTERS if letter in by_letter.index]).iterrows()
    }
    return {
        "sample": holds_sample(frame),
        "pictures": len(frame) + sum(dropped.values()),
        "dropped": dropped,
        "rows": len(frame),
        "case": counts["case"],
        "letters": letters,
    }
