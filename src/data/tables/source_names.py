"""What the data stages call the corpora in the table's `source` column, and how they name groups."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from src.data.tables.sample_mark import is_sample

RUKOPYS = "rukopys"
MNIST_TRAIN = "mnist_train"
MNIST_TEST = "mnist_test"
CMNIST = "cmnist"
COMNIST = "comnist"
FILL_DRAWN = "fill_drawn"
FILL_PRINTED = "fill_printed"
FILL_MIRRORED = "fill_mirrored"
FILL_COMPOSED = "fill_composed"
FILLED = (FILL_DRAWN, FILL_PRINTED, FILL_MIRRORED, FILL_COMPOSED)

_SAMPLE_PREFIX = "sample_"


def source_name(corpus: str, folder: Path) -> str:
    """Return the `source` of a corpus read from `folder`: its name, prefixed where it is the embedded sample."""
    return _SAMPLE_PREFIX + corpus if is_sample(folder) else corpus


def comes_from(frame: pd.DataFrame, corpus: str) -> "pd.Series[bool]":
    """Say of each row whether it is of `corpus`, be it upstream's or the embedded sample."""
    return frame["source"].isin([corpus, _SAMPLE_PREFIX + corpus])


def holds_sample(frame: pd.DataFrame) -> bool:
    """Say whether any row is of the embedded sample."""
    return bool(frame["source"].str.startswith(_SAMPLE_PREFIX).any())


def pixel_groups(names: Sequence[str], pictures: Iterable[bytes]) -> list[str]:
    """Return each picture's group: the name of the first picture that has the same pixels, mostly its own."""
    first: dict[bytes, str] = {}
    return [first.setdefault(picture, name) for name, picture in zip(names, pictures, strict=True)]
