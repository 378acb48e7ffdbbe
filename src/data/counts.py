"""How many rows of a sample table are of which kind and case."""

from typing import Any

import pandas as pd

from src.features.labels import DIGITS


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
