"""Latin letters that look like no Ukrainian letter and no digit.

EMNIST's classes were looked at after normalisation, sixteen pictures of each. Left out are those in which a Ukrainian
reader finds a character: G (6), J and j (І, з), S (5), t (т), U and u (и), V and v (у), W and w (ш), Z and z (2),
k (к), q (9), and what has a twin: A, B, C, E and so on.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from src.data.idx import read_idx
from src.data.negatives.negative import Negative
from src.data.negatives.punctuation import draw_from
from src.data.sample.paths.latin import LATIN
from src.errors import InputError

LETTERS = "FLNQRfh"

_FILES = "emnist-byclass-test-{}-ubyte"
_MAPPING = "emnist-byclass-mapping.txt"
_CURE = "delete the folder and run `dvc repro` to fetch it again"


class Latin(NamedTuple):
    """Pictures of EMNIST: images (n, 28, 28) uint8, white ink on black, upright; letters (n,) str, one character each.

    rows: (n,) int64, where they are in EMNIST's file.
    """

    images: NDArray[np.uint8]
    letters: NDArray[np.str_]
    rows: NDArray[np.int64]


def read_latin(folder: Path) -> Latin:
    """Read the pictures of `LETTERS` from EMNIST's ByClass test files, in the order of the file.

    Raises:
        InputError: A file is missing or damaged, or the files do not belong together.
    """
    images = read_idx(folder / _FILES.format("images-idx3"), 3)
    labels = read_idx(folder / _FILES.format("labels-idx1"), 1)
    characters = _read_mapping(folder / _MAPPING)
    if len(images) != len(labels) or labels.max(initial=0) >= len(characters):
        raise InputError(f"{folder}: pictures, labels and mapping do not belong together; {_CURE}")
    letters = characters[labels]
    rows = np.flatnonzero(np.isin(letters, list(LETTERS)))
    return Latin(images[rows].transpose(0, 2, 1), letters[rows], rows)


def choose_latin(latin: Latin, count: int, source: str, generator: np.random.Generator) -> list[Negative]:
    """Choose about `count` of EMNIST's pictures, of each letter as many; fewer where there are fewer."""
    of_each = round(count / len(LETTERS))
    chosen = [generator.permutation(np.flatnonzero(latin.letters == letter))[:of_each] for letter in LETTERS]
    return [
        Negative(np.ascontiguousarray(latin.images[place]), source, f"{latin.rows[place]:06d}", has_height=False)
        for place in np.sort(np.concatenate(chosen))
    ]


def draw_latin(count: int, generator: np.random.Generator) -> list[Negative]:
    """Draw `count` of the same letters by our own stroke writer."""
    return draw_from(LATIN, "drawn_latin", count, generator)


def _read_mapping(path: Path) -> NDArray[np.str_]:
    """Return the character of each class."""
    try:
        pairs = [line.split() for line in path.read_text(encoding="ascii").splitlines()]
        codes = {int(number): int(code) for number, code in pairs}
        return np.array([chr(codes[number]) for number in range(len(codes))])
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `dvc repro` to fetch it") from None
    except (ValueError, KeyError, OverflowError) as error:
        raise InputError(f"{path}: no mapping of classes to characters; {_CURE}") from error
