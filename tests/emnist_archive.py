"""Hand-made archives of EMNIST: printed characters in NIST's own form, all of it or the part that a mirror holds."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from src.data.sample.printed_emnist import CHARACTERS, print_character, write_printed, write_split

EACH = 12
"""Pictures of each character in a training part; half as many in a test part."""


def pictures_of(characters: list[str], seed: int = 0) -> NDArray[np.uint8]:
    """Return printed characters, (n, 28, 28) uint8."""
    generator = np.random.default_rng(seed)
    return np.stack([print_character(character, generator) for character in characters])


def write_part(folder: Path, per_class: int = EACH) -> Path:
    """Write ByClass's test part alone."""
    folder.mkdir(parents=True, exist_ok=True)
    write_printed(folder, per_class, 1)
    return folder


def write_whole(folder: Path, split: str, characters: str = CHARACTERS, repeated: int = 0) -> Path:
    """Write the training and test parts of a split; the first training pictures are the first test pictures too."""
    folder.mkdir(parents=True, exist_ok=True)
    test = list(characters) * (EACH // 2)
    of_test = pictures_of(test, seed=1)
    train = test[:repeated] + list(characters) * EACH
    of_train = np.concatenate([of_test[:repeated], pictures_of(train[repeated:], seed=2)])
    write_split(folder, split, "test", test, of_test)
    write_split(folder, split, "train", train, of_train)
    return folder
