"""The pictures of one of EMNIST's variants, as NIST parted them or, where only a part of EMNIST is here, not parted."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from src.common.errors import InputError
from src.data.corpora.emnist_files import Glyphs, Part, has_part, read_glyphs
from src.data.tables.source_names import source_name
from src.tasks.emnist import Variant

_PARTS: tuple[Part, Part] = ("train", "test")
_PRESENT: tuple[str, Part] = ("byclass", "test")
"""What a mirror holds that does not hold all."""


class Rows(NamedTuple):
    """n pictures, before normalisation.

    images: (n, 28, 28) uint8, white ink on black, upright.
    labels, sources, filenames: (n,) str; a file's name is its row in NIST's.
    from_test: (n,) bool, whether NIST has it in a test part.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.str_]
    sources: NDArray[np.str_]
    filenames: NDArray[np.str_]
    from_test: NDArray[np.bool_]

    def take(self, chosen: NDArray[np.bool_]) -> "Rows":
        """Return the rows that are marked."""
        images, labels, sources, filenames, from_test = self
        return Rows(images[chosen], labels[chosen], sources[chosen], filenames[chosen], from_test[chosen])


def read_rows(folder: Path, variant: Variant, seed: int) -> tuple[Rows, dict[str, int]]:
    """Read the rows of a variant.

    Args:
        folder: What `fetch_emnist` made.
        variant: Its official split is read where it is there, and ByClass's test part otherwise.
        seed: Of the choice where a balanced variant is made of that part: each label then has as many rows as its
            rarest, as NIST's own has.

    Returns:
        The rows in the order of NIST's files, and how many are left out by reason.

    Raises:
        InputError: A file is missing or damaged, or a label has no picture.
    """
    official = all(has_part(folder, variant.official, part) for part in _PARTS)
    files: list[tuple[str, Part]] = [(variant.official, part) for part in _PARTS] if official else [_PRESENT]
    parts = [_rows_of(read_glyphs(folder, *file), variant, *file, folder) for file in files]
    rows = Rows(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    labelled = rows.labels != ""
    dropped = {"no_label": int((~labelled).sum())}
    rows = rows.take(labelled)
    lacking = set(variant.alphabet.labels) - set(rows.labels.tolist())
    if lacking:
        raise InputError(f"{folder}: no picture of {min(lacking)}; delete the folder and run `dvc repro`")
    kept = _balanced(rows.labels, seed) if variant.balanced and not official else np.ones(len(rows.labels), np.bool_)
    return rows.take(kept), {**dropped, "beyond_balance": int((~kept).sum())}


def _rows_of(glyphs: Glyphs, variant: Variant, split: str, part: Part, folder: Path) -> Rows:
    characters, index = np.unique(glyphs.characters, return_inverse=True)
    labels = np.array([variant.alphabet.label_of(character) or "" for character in characters.tolist()])
    count = len(glyphs.images)
    source = source_name(f"emnist_{split}_{part}", folder)
    names = np.array([f"{number:06d}" for number in range(count)])
    return Rows(glyphs.images, labels[index], np.full(count, source), names, np.full(count, part == "test"))


def _balanced(labels: NDArray[np.str_], seed: int) -> NDArray[np.bool_]:
    """Choose of each label as many rows as the rarest has, by seed."""
    generator = np.random.default_rng(seed)
    places = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    fewest = min(len(place) for place in places)
    kept = np.zeros(len(labels), np.bool_)
    for place in places:
        kept[generator.permutation(place)[:fewest]] = True
    return kept
