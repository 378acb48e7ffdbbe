"""The large corpora: what the network is pretrained on, and reminded of while it is fine-tuned."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from src.common.errors import InputError
from src.config.paths import CMNIST_TABLE, FILL_TABLE, MNIST_TABLE
from src.config.sections import Pretrain
from src.data.splitting.partition import take
from src.data.tables.source_names import FILLED, MNIST_TEST, comes_from
from src.data.tables.table import read_table

TABLES = {"mnist": MNIST_TABLE, "cmnist": CMNIST_TABLE, "fill": FILL_TABLE}


def read_corpora(names: Sequence[str]) -> pd.DataFrame:
    """Return the sample tables of some corpora as one, without the rows of MNIST's test file.

    Raises:
        InputError: A table is missing, or is not what it should be.
    """
    frame = pd.concat([read_table(TABLES[name]) for name in names], ignore_index=True)
    return frame[~comes_from(frame, MNIST_TEST)].reset_index(drop=True)


def without(frame: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are in no group of the others: the split table has drawn its digits from MNIST."""
    return frame[~frame["group"].isin(others["group"])]


def hold_back(frame: pd.DataFrame, settings: Pretrain) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that are learned from and those that choose the epoch: whole sheets, some of each letter.

    Rows that the stage `fill` made choose nothing; those made of a sheet that is held back are in neither.

    Raises:
        InputError: There are too few rows to hold some of each back.
    """
    filled = np.logical_or.reduce([comes_from(frame, source) for source in FILLED])
    real = frame[~filled]
    if real.empty:
        raise InputError("params.yaml: pretrain.corpora: only made letters; add mnist or cmnist")
    held = np.zeros(len(frame), np.bool_)
    held[~filled] = take(real, settings.val_size * len(real), settings.seed, "pretrain.val_size")
    related = frame["group"].isin(frame.loc[held, "group"]).to_numpy()
    return frame[~related], frame[held]
