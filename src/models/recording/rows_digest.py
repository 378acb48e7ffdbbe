"""What tells that two models were tested on the same rows."""

import hashlib
import json

import pandas as pd

COLUMNS = ("source", "filename", "label", "is_uppercase", "relative_height")


def rows_digest(rows: pd.DataFrame) -> str:
    """Return the SHA-256 of what a test asks and of its answers: names, truths, heights and pixels of all rows.

    Args:
        rows: A sample table; the order of its rows, its groups and its split do not matter.
    """
    digest = hashlib.sha256()
    for row in rows.sort_values(["source", "filename"]).to_dict(orient="records"):
        known = [None if pd.isna(row[column]) else row[column] for column in COLUMNS]
        # JSON's line ends where it ends and every image is of the same length: two tables never give the same bytes.
        digest.update(json.dumps(known, ensure_ascii=False).encode() + b"\n" + row["image"])
    return digest.hexdigest()
