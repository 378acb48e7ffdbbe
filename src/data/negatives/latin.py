"""Latin letters that look like no Ukrainian letter and no digit.

EMNIST's classes were looked at after normalisation, sixteen pictures of each. Left out are those in which a Ukrainian
reader finds a character: G (6), J and j (І, з), S (5), t (т), U and u (и), V and v (у), W and w (ш), Z and z (2),
k (к), q (9), and what has a twin: A, B, C, E and so on.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from src.data.corpora.emnist_files import read_glyphs
from src.data.negatives.negative import Negative
from src.data.negatives.punctuation import draw_from
from src.data.sample.latin_paths import LATIN

LETTERS = "FLNQRfh"


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
    images, characters = read_glyphs(folder, "byclass", "test")
    rows = np.flatnonzero(np.isin(characters, list(LETTERS)))
    return Latin(images[rows], characters[rows], rows)


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
