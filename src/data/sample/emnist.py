"""Latin letters in the format of EMNIST's ByClass test files: transposed pictures, and the mapping of their classes."""

import string
from pathlib import Path

import numpy as np

from src.common.files import replace_file, write_text
from src.data.sample.latin_paths import LATIN
from src.data.sample.mnist import draw_as_mnist, idx_bytes
from src.data.writer.draw import write_skeleton
from src.data.writer.letterforms import parse_variant

_CLASSES = string.digits + string.ascii_uppercase + string.ascii_lowercase


def write_latin(folder: Path, per_class: int, seed: int) -> None:
    """Write the three files, with `per_class` pictures of each of the few Latin letters that our stroke writer has.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    generator = np.random.default_rng(np.random.SeedSequence(seed).spawn(6)[5])
    letters = generator.permutation(list(LATIN) * per_class)
    writings = [write_skeleton(parse_variant(LATIN[letter][0]), generator) for letter in letters]
    images = np.stack([draw_as_mnist(writing).T for writing in writings])
    labels = np.array([_CLASSES.index(letter) for letter in letters], np.uint8)
    for name, values in (("images-idx3", images), ("labels-idx1", labels)):
        with replace_file(folder / f"emnist-byclass-test-{name}-ubyte") as temporary:
            temporary.write_bytes(idx_bytes(values))
    lines = [f"{number} {ord(character)}\n" for number, character in enumerate(_CLASSES)]
    write_text(folder / "emnist-byclass-mapping.txt", "".join(lines))
