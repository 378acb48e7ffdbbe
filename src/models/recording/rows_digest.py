"""What tells that two models were tested on the same rows."""

import json
from collections.abc import Iterator

import pandas as pd

from src.common.digests import parts_digest

COLUMNS = ("source", "filename", "label", "is_uppercase", "relative_height")


def rows_digest(rows: pd.DataFrame) -> str:
    """Return the SHA-256 of what a test asks and of its answers: names, truths, heights and pixels of all rows.

    Args:
        rows: A sample table; the order of its rows, its groups and its split do not matter.
    """
    return parts_digest(_rows(rows))


def _rows(rows: pd.DataFrame) -> Iterator[bytes]:
    for row in rows.sort_values(["source", "filename"]).to_dict(orient="records"):
        known = [None if pd.isna(row[column]) else row[column] for column in COLUMNS]
        # JSON's line ends where it ends and every image is of the same length: two tables never give the same bytes.
        yield json.dumps(known, ensure_ascii=False).encode() + b"\n" + row["image"]
