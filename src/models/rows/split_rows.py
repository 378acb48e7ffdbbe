"""The rows of the split table: what `finetune` learns from, and what chooses its epoch."""

from pathlib import Path

import pandas as pd

from src.common.errors import InputError
from src.config.paths import SPLIT_TABLE


def rows_of(frame: pd.DataFrame, split: str, table: Path = SPLIT_TABLE) -> pd.DataFrame:
    """Return the rows of one split of a split sample table.

    Raises:
        InputError: There are none.
    """
    rows = frame[frame["split"] == split]
    if rows.empty:
        raise InputError(f"{table}: no rows of split {split}; change the split section of params.yaml")
    return rows
