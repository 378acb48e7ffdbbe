"""The rows of `benchmarks/emnist.py`: those of a variant's pipeline, parted as there, as NIST made them."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.common.digests import parts_digest
from src.data.tables.table import SPLITS, label_codes, read_table, split_schema_of, stack_images
from src.features.labels import Alphabet
from src.tasks.emnist import SplitMode, Variant, split_mode_of


class Rows(NamedTuple):
    """images: (n, 28, 28) uint8, white ink on black, upright; label: (n,) int64, positions among the labels."""

    images: NDArray[np.uint8]
    label: NDArray[np.int64]


class Parts(NamedTuple):
    """Rows to learn from, to choose the epoch on, and to report on."""

    train: Rows
    val: Rows
    test: Rows

    def describe(self) -> dict[str, int | str]:
        """Return how many rows there are, and a hash over all in their order."""
        digest = parts_digest(rows.images.tobytes() + rows.label.tobytes() for rows in self)
        return {**{name: len(rows.label) for name, rows in self._asdict().items()}, "sha256": digest}


def read_parts(variant: Variant) -> tuple[Parts, SplitMode]:
    """Read the rows of a variant, and say whose split they have.

    Raises:
        InputError: `prepare_emnist` has not run for it.
    """
    frame = read_table(variant.raw_table, split_schema_of(variant.alphabet))
    train, val, test = (_rows(frame[frame["split"] == split], variant.alphabet) for split in SPLITS)
    return Parts(train, val, test), split_mode_of(frame["source"])


def _rows(frame: pd.DataFrame, alphabet: Alphabet) -> Rows:
    return Rows(stack_images(frame), label_codes(frame, alphabet))
