"""Which pictures of a corpus become samples, and why the others do not."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Duplicates(NamedTuple):
    """conflicting: (n,) bool, the same pixels stand under another label too: nobody knows which is right.

    repeated: (n,) bool, the same pixels came before, under this label only.
    """

    conflicting: NDArray[np.bool_]
    repeated: NDArray[np.bool_]


def find_duplicates(pixels: Iterable[Hashable], labels: Sequence[Hashable]) -> Duplicates:
    """Compare pictures with each other.

    Args:
        pixels: What is equal for two pictures where their pixels are, such as a digest of them.
        labels: What each picture is said to show.
    """
    first: dict[Hashable, int] = {}
    originals = np.array([first.setdefault(picture, place) for place, picture in enumerate(pixels)], np.int64)
    conflicting = np.zeros(len(labels), np.bool_)
    for place, original in enumerate(originals):
        conflicting[original] |= labels[place] != labels[original]
    conflicting = conflicting[originals]
    return Duplicates(conflicting, (originals != np.arange(len(labels))) & ~conflicting)


def sieve(faults: Mapping[str, NDArray[np.bool_]]) -> tuple[NDArray[np.bool_], dict[str, int]]:
    """Keep the pictures that have no fault.

    Args:
        faults: By name, which of the pictures have it, (n,) bool; in the order in which they are asked.

    Returns:
        Which pictures are kept, (n,) bool, and how many are not: each is counted under its first fault.
    """
    kept = ~np.zeros_like(next(iter(faults.values())))
    counts = {}
    for name, faulty in faults.items():
        counts[name] = int((kept & faulty).sum())
        kept &= ~faulty
    return kept, counts
