"""The rows of the split table: what `finetune` learns from, and what chooses its epoch."""

from pathlib import Path

import pandas as pd

from src.common.errors import InputError

TABLE = Path("data/processed/split.parquet")


def rows_of(frame: pd.DataFrame, split: str, table: Path = TABLE) -> pd.DataFrame:
    """Return the rows of one split of a split sample table.

    Raises:
        InputError: There are none.
    """
    rows = frame[frame["split"] == split]
    if rows.empty:
        raise InputError(f"{table}: no rows of split {split}; change the split section of params.yaml")
    return rows
