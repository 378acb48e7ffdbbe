"""Files in the format of EMNIST's ByClass test part, of pictures that any network learns at once."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.emnist_rows import CHARACTERS
from src.data.sample.mnist import idx_bytes


def write_byclass(folder: Path, counts: dict[str, int]) -> tuple[NDArray[np.uint8], NDArray[np.str_]]:
    """Write the files, each character as often as `counts` says; return upright (n, 28, 28) pictures and characters.

    A character's pictures are blocks of ink, the same for each, but for a corner of noise that tells them apart.
    """
    generator = np.random.default_rng(1)
    characters = generator.permutation([character for character, count in counts.items() for _ in range(count)])
    shapes = {c: np.kron(generator.integers(0, 2, (5, 5)), np.full((4, 4), 255)).astype(np.uint8) for c in counts}
    images = np.zeros((len(characters), 28, 28), np.uint8)
    for image, character in zip(images, characters, strict=True):
        image[4:24, 4:24] = shapes[character]
        image[4:6, 4:24] = generator.integers(0, 256, (2, 20))
    codes = np.array([CHARACTERS.index(character) for character in characters], np.uint8)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "emnist-byclass-test-images-idx3-ubyte").write_bytes(idx_bytes(images.transpose(0, 2, 1)))
    (folder / "emnist-byclass-test-labels-idx1-ubyte").write_bytes(idx_bytes(codes))
    return images, characters
