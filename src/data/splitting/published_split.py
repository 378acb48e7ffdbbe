"""The published pipeline's rows (github nazavr322/ukr-handwriting-classification), rebuilt name by name.

Its table is the first 50 digits of each class of MNIST's test file, all of digit 0 first, then the letters in the order
of glyphs.csv; its split is scikit-learn's `train_test_split(test_size=300, random_state=1)` of that order.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from src.common.digests import md5_of
from src.common.errors import InputError
from src.data.tables.source_names import MNIST_TEST, comes_from
from src.features.labels import DIGITS

DIGITS_PER_CLASS = 50
TEST_ROWS = 300
RANDOM_STATE = 1
TRAIN_MD5 = "537a80af26d6302bdf2f96885c212871"
"""MD5 of the published training rows' filenames, one a line, each line ended, in file order."""
TEST_MD5 = "a6ea3a1b00f95ef4aacaa0e667af7974"
"""The same of the published test rows."""


def published_digits(mnist: pd.DataFrame) -> pd.DataFrame:
    """Return the first 50 digits of each class of MNIST's test file under their published names, digit by digit.

    Raises:
        InputError: A class has fewer.
    """
    test = mnist[comes_from(mnist, MNIST_TEST)]
    classes = [_first(test[test["label"] == digit], digit) for digit in DIGITS]
    return pd.concat(classes, ignore_index=True)


def _first(rows: pd.DataFrame, digit: str) -> pd.DataFrame:
    if len(rows) < DIGITS_PER_CLASS:
        raise InputError(
            f"digit {digit}: MNIST's test file has {len(rows)}, the published rows need {DIGITS_PER_CLASS}; "
            "set split.mode to stratified in params.yaml, or data.source to upstream"
        )
    names = [f"glyphs/{digit}-{number}.png" for number in range(DIGITS_PER_CLASS)]
    return rows.head(DIGITS_PER_CLASS).assign(filename=pd.Series(names, index=rows.index[:DIGITS_PER_CLASS]))


def published_split(count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Part `count` rows as the published pipeline does.

    Returns:
        The numbers of the training rows and of the 300 test rows, in the order in which that pipeline wrote them.

    Raises:
        InputError: There are not more rows than its test part has.
    """
    if count <= TEST_ROWS:
        raise InputError(
            f"split.mode published: {count} rows, and {TEST_ROWS} of them would be tested on; "
            "set split.mode to stratified in params.yaml"
        )
    train, test = train_test_split(np.arange(count), test_size=TEST_ROWS, random_state=RANDOM_STATE)
    return train, test


def published_names(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the filenames of a split table's published training list (train and val together) and test list.

    `split` keeps the rows in the published order, so that the lists come out in file order.
    """
    is_test = frame["split"] == "test"
    return frame.loc[~is_test, "filename"].tolist(), frame.loc[is_test, "filename"].tolist()


def is_published(frame: pd.DataFrame) -> bool:
    """Say whether a split table holds exactly the published rows, parted and ordered as published."""
    train, test = published_names(frame)
    return names_md5(train) == TRAIN_MD5 and names_md5(test) == TEST_MD5


def names_md5(names: Iterable[str]) -> str:
    """Return the MD5 of names, one a line, each line ended."""
    return md5_of("".join(f"{name}\n" for name in names).encode())
