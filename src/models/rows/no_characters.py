"""The pictures that show no character: by some of them refusal is fitted, on others it is measured."""

import pandas as pd

from src.config.paths import NEGATIVES_TABLE
from src.data.negatives.negative_table import NEGATIVE_SCHEMA, NegativeSplit
from src.data.tables.table import read_table


def read_no_characters(split: NegativeSplit) -> pd.DataFrame:
    """Return the rows of a split of the table of negatives.

    Raises:
        InputError: The table is missing, or is not what it should be.
    """
    negatives = read_table(NEGATIVES_TABLE, NEGATIVE_SCHEMA)
    return negatives[negatives["split"] == split].reset_index(drop=True)
