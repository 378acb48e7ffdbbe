import numpy as np
import pandas as pd

from src.data.splitting.partition import folds, take
from src.data.splitting.partition_others import folds_of_others, take_of_others
from tests.data.sample_rows import collected, letters

LETTERS = letters("абв", 30, uppercase="ав")
WHERE = [*range(40), *range(150, 170), *range(40, 150)]
"""Given drawings stand among the letters."""
MIXED = pd.concat([LETTERS, collected(20)]).iloc[WHERE]
OTHERS = np.array(WHERE) < 150


def test_given_drawings_are_never_taken_and_the_others_as_without_them() -> None:
    chosen = take_of_others(MIXED, 30, 1, "split.val_size")
    assert chosen.sum() == 30
    assert np.array_equal(chosen[OTHERS], take(LETTERS, 30, 1, "split.val_size"))
    assert not chosen[~OTHERS].any()


def test_given_drawings_are_in_no_fold_and_the_others_parted_as_without_them() -> None:
    parts = folds_of_others(MIXED, 3, 1, "crossval.folds")
    assert np.array_equal([part[OTHERS] for part in parts], folds(LETTERS, 3, 1, "crossval.folds"))
    assert not np.any([part[~OTHERS] for part in parts])
