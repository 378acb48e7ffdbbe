"""The pictures that show no character: by some of them refusal is fitted, on others it is measured."""

from pathlib import Path

import pandas as pd

from src.data.negatives.negative_table import NEGATIVES, NegativeSplit
from src.data.tables.table import read_table

NO_CHARACTERS = Path("data/interim/negatives.parquet")


def read_no_characters(split: NegativeSplit) -> pd.DataFrame:
    """Return the rows of a split of the table of negatives.

    Raises:
        InputError: The table is missing, or is not what it should be.
    """
    negatives = read_table(NO_CHARACTERS, NEGATIVES)
    return negatives[negatives["split"] == split].reset_index(drop=True)
