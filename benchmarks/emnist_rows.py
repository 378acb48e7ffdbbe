"""The rows of `benchmarks/emnist.py`: EMNIST's ByClass test part, drawn as a variant and parted by ourselves.

NIST's own splits are not there: every figure of these rows is one of an internal split.
"""

import hashlib
import string
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.data.idx import read_idx
from src.data.partition import take
from src.errors import InputError
from src.sections import Split

CHARACTERS = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""What ByClass's 62 labels stand for."""
DISTINCT = "abdefghnqrt"
"""Lowercase letters that do not look like their capitals; the others share a class with them in EMNIST Balanced."""
VARIANTS = {
    "balanced": string.digits + string.ascii_uppercase + DISTINCT,
    "byclass": CHARACTERS,
    "merged": string.digits + string.ascii_uppercase,
    "mnist": string.digits,
}
"""The labels of each variant, one character each: a class is a position among them."""

_FILES = "emnist-byclass-test-{}-ubyte"
_CURE = "delete the folder and run `dvc repro` to fetch it again"


class Rows(NamedTuple):
    """images: (n, 28, 28) uint8, white ink on black, upright; label: (n,) int64, positions among the labels."""

    images: NDArray[np.uint8]
    label: NDArray[np.int64]

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> "Rows":
        """Return the rows that are marked, or those at some positions."""
        return Rows(self.images[chosen], self.label[chosen])


class Parts(NamedTuple):
    """Rows to learn from, to choose the epoch on, and to report on."""

    train: Rows
    val: Rows
    test: Rows

    def describe(self) -> dict[str, int | str]:
        """Return how many rows there are, how many of them equal an earlier one, and a hash over all in their order."""
        digest = hashlib.sha256()
        for rows in self:
            digest.update(rows.images.tobytes() + rows.label.tobytes())
        pictures = [picture for rows in self for picture in _digests(rows)]
        counts = {name: len(rows.label) for name, rows in self._asdict().items()}
        return {**counts, "equal": len(pictures) - len(set(pictures)), "sha256": digest.hexdigest()}


def read_variant(folder: Path, variant: str, seed: int, at_most: int | None = None) -> Rows:
    """Read the rows of a variant in the file's order.

    Args:
        folder: Where EMNIST's ByClass test files are.
        variant: One of `VARIANTS`; of "balanced" each class has as many rows as its rarest.
        seed: Of the draw, where not all rows of a class are taken.
        at_most: Of each class.

    Raises:
        InputError: A file is missing or damaged, the two do not belong together, or a class has no rows.
    """
    images = read_idx(folder / _FILES.format("images-idx3"), 3)
    codes = read_idx(folder / _FILES.format("labels-idx1"), 1)
    if len(images) != len(codes) or codes.max(initial=0) >= len(CHARACTERS):
        raise InputError(f"{folder}: pictures and labels do not belong together; {_CURE}")
    label = _classes(variant)[codes]
    counts = np.bincount(label[label >= 0], minlength=len(VARIANTS[variant]))
    if not counts.all():
        raise InputError(f"{folder}: no picture of {VARIANTS[variant][int(counts.argmin())]}; {_CURE}")
    most = min([*([counts.min()] if variant == "balanced" else []), *([at_most] if at_most else []), len(label)])
    order = np.random.default_rng(seed).permutation(np.flatnonzero(label >= 0))
    place = pd.Series(label[order]).groupby(label[order]).cumcount().to_numpy()
    rows = np.sort(order[place < most])
    return Rows(np.ascontiguousarray(images[rows].transpose(0, 2, 1)), label[rows])


def part(rows: Rows, labels: str, settings: Split) -> Parts:
    """Part rows by seed: each class its share, equal pictures together.

    Raises:
        InputError: The shares are too small, or too large, for the number of classes.
    """
    label = np.array(list(labels))[rows.label]
    frame = pd.DataFrame({"label": label, "is_uppercase": None, "group": _digests(rows)})
    test = take(frame, settings.test_size * len(frame), settings.seed, "split.test_size")
    val = np.zeros(len(frame), np.bool_)
    val[~test] = take(frame[~test], settings.val_size * len(frame), settings.seed, "split.val_size")
    return Parts(rows.take(~test & ~val), rows.take(val), rows.take(test))


def _digests(rows: Rows) -> list[str]:
    return [hashlib.sha256(image.tobytes()).hexdigest() for image in rows.images]


def _classes(variant: str) -> NDArray[np.int64]:
    """Return for each of ByClass's labels its class in a variant, -1 where it has none."""
    labels = VARIANTS[variant]
    shown = [character if character in labels else character.upper() for character in CHARACTERS]
    return np.array([labels.find(character) for character in shown], np.int64)
