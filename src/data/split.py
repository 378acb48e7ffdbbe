"""Stage split: each row of the merged table goes to train, val or test.

Drawings that people gave away go to train, whatever the mode: what is measured stays the same rows. Their groups, one
a writer, have no effect here; they are there for whoever parts the rows otherwise, so that no writer is both learned
from and measured on.
"""

import logging
from typing import Any

import click
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.common.command import Command
from src.common.errors import InputError
from src.common.files import write_json
from src.config.params import load_params
from src.config.paths import MERGED_TABLE, SPLIT_TABLE, details_of
from src.config.sections import Split
from src.data.corpora.collected_rows import is_collected
from src.data.corpora.counts import count_rows
from src.data.splitting.partition import take
from src.data.splitting.published_split import is_published, published_split
from src.data.tables.source_names import MNIST_TEST, MNIST_TRAIN, comes_from, holds_sample
from src.data.tables.table import SPLIT_SCHEMA, SPLITS, read_table, write_table

DETAILS = details_of("split")

_FEWEST_CLASSES = 2

logger = logging.getLogger(__name__)


def split_samples(frame: pd.DataFrame, params: Split) -> pd.DataFrame:
    """Return the table with the column `split`.

    Mode `stratified` keeps the order of rows; `published` puts the published training rows first, then its test rows,
    both in published order. Given drawings come last, as rows of train.

    Raises:
        InputError: The sizes leave nothing to train on, or a split is without rows or has one label only.
    """
    if params.test_size + params.val_size >= 1:
        raise InputError(
            "params.yaml: split.test_size and split.val_size together leave no rows to train on; lower one"
        )
    given = is_collected(frame)
    part = _part_published if params.mode == "published" else _part_stratified
    parted = part(frame[~given].reset_index(drop=True), params)
    parted = pd.concat([parted, frame[given].assign(split="train")], ignore_index=True)
    for split in SPLITS:
        labels = parted.loc[parted["split"] == split, "label"].nunique()
        if labels < _FEWEST_CLASSES:
            problem = "has one label only" if labels else "has no rows"
            raise InputError(
                f"{MERGED_TABLE}: split {split} {problem}; change split.test_size or split.val_size, or add data"
            )
    return parted


def _part_stratified(frame: pd.DataFrame, params: Split) -> pd.DataFrame:
    """MNIST's test file goes to test, its training file to train and val; all else is parted by test and val size."""
    from_test, from_train = comes_from(frame, MNIST_TEST).to_numpy(), comes_from(frame, MNIST_TRAIN).to_numpy()
    free = ~from_test & ~from_train
    test = from_test.copy()
    test[free] = _choose(frame[free], params.test_size * free.sum(), params.seed, "split.test_size")
    val = np.zeros(len(frame), np.bool_)
    digits = from_test | from_train
    for whole, pool in ((free, free & ~test), (digits, from_train)):
        val[pool] = _choose(frame[pool], params.val_size * whole.sum(), params.seed, "split.val_size")
    return frame.assign(split=_name(val, test))


def _part_published(frame: pd.DataFrame, params: Split) -> pd.DataFrame:
    """Rows and test rows as published; val is carved out of its training rows by `split.val_size` and seed."""
    train, test = published_split(len(frame))
    ordered = frame.iloc[np.concatenate([train, test])].reset_index(drop=True)
    is_test = np.arange(len(frame)) >= len(train)
    val = np.zeros(len(frame), np.bool_)
    val[~is_test] = _choose(ordered[~is_test], params.val_size * len(frame), params.seed, "split.val_size")
    return ordered.assign(split=_name(val, is_test))


def _choose(frame: pd.DataFrame, size: float, seed: int, what: str) -> NDArray[np.bool_]:
    return take(frame, size, seed, what) if len(frame) else np.zeros(0, np.bool_)


def _name(val: NDArray[np.bool_], test: NDArray[np.bool_]) -> "pd.Series[str]":
    return pd.Series(np.select([test, val], ["test", "val"], "train"), dtype="str")


def summarise(frame: pd.DataFrame, mode: str) -> dict[str, Any]:
    """Return the details: of each split the counts by kind and case, and the rows of its rarest label.

    `published` says whether the rows are exactly the published ones; on the embedded sample, or with given drawings
    among the training rows, they never are.
    """
    labels = frame["label"].unique()
    parts: dict[str, Any] = {}
    for split in SPLITS:
        rows = frame[frame["split"] == split]
        per_label = rows["label"].value_counts().reindex(labels, fill_value=0)
        parts[split] = {**count_rows(rows), "class_minimum": int(per_label.min())}
    return {"mode": mode, "published": is_published(frame), "sample": holds_sample(frame), **parts}


@click.command(cls=Command)
def main() -> None:
    """Part the merged table into train, val and test, as split.* of params.yaml says."""
    params = load_params().split
    frame = split_samples(read_table(MERGED_TABLE), params)
    write_table(frame, SPLIT_TABLE, SPLIT_SCHEMA)
    details = summarise(frame, params.mode)
    write_json(DETAILS, details)
    sizes = ", ".join(f"{split} {details[split]['rows']}" for split in SPLITS)
    note = "exactly the published rows" if details["published"] else "not the published rows"
    logger.info("%s: %s; %s", SPLIT_TABLE, sizes, note)


if __name__ == "__main__":
    main()
