"""Printed characters in the format of EMNIST's files: for runs where NIST's archive is not to be had, and for tests."""

import string
from collections.abc import Sequence
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from src.common.files import replace_file, write_text
from src.data.sample.mnist import idx_bytes

CHARACTERS = string.digits + string.ascii_letters.swapcase()
"""All that EMNIST shows, in the order of ByClass's codes."""

_FONTS = (
    "DejaVuSans", "DejaVuSans-Oblique", "DejaVuSerif", "DejaVuSerif-Italic", "DejaVuSansMono", "STIXGeneral",
    "STIXGeneralItalic", "cmr10", "cmss10", "cmtt10",
)  # fmt: skip
"""Of matplotlib, so that a system need not have any."""
_CANVAS, _SIZE, _SIDE = 112, 76, 28
_MERGED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
_LABELS = {
    "balanced": _MERGED,
    "byclass": CHARACTERS,
    "bymerge": _MERGED,
    "digits": string.digits,
    "letters": string.ascii_uppercase,
    "mnist": string.digits,
}


def write_printed(folder: Path, per_class: int, seed: int) -> None:
    """Write ByClass's test files, with `per_class` pictures of each of the 62 characters.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    generator = np.random.default_rng(seed)
    characters = generator.permutation(list(CHARACTERS) * per_class).tolist()
    pictures = np.stack([print_character(character, generator) for character in characters])
    write_split(folder, "byclass", "test", characters, pictures)


def print_character(character: str, generator: np.random.Generator) -> NDArray[np.uint8]:
    """Return a character in some font, somewhat turned, slanted and stretched: (28, 28) uint8, white ink on black."""
    name = Path(mpl.get_data_path(), "fonts", "ttf", f"{_FONTS[generator.integers(len(_FONTS))]}.ttf")
    canvas = Image.new("L", (_CANVAS, _CANVAS), 0)
    font = ImageFont.truetype(name, _SIZE)
    ImageDraw.Draw(canvas).text((_CANVAS / 2, _CANVAS / 2), character, 255, font, anchor="mm")
    turn = np.eye(2) + generator.uniform(-0.18, 0.18, (2, 2))
    shift = np.full(2, _CANVAS / 2) - turn @ np.full(2, _CANVAS / 2) + generator.uniform(-4, 4, 2)
    moved = cv2.warpAffine(np.asarray(canvas), np.column_stack([turn, shift]), (_CANVAS, _CANVAS))
    return np.asarray(cv2.resize(moved, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def write_split(folder: Path, split: str, part: str, characters: Sequence[str], pictures: NDArray[np.uint8]) -> None:
    """Write one part of one of NIST's splits, transposed as they are, and the split's mapping.

    Args:
        folder: An existing folder.
        split: Its labels are NIST's: a character that has none of its own is labelled as its capital.
        part: train or test.
        characters: What each picture shows.
        pictures: (n, 28, 28) uint8, upright, white ink on black.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    labels, first = _LABELS[split], int(split == "letters")
    codes = [first + labels.index(character if character in labels else character.upper()) for character in characters]
    values = (("images-idx3", pictures.transpose(0, 2, 1)), ("labels-idx1", np.array(codes, np.uint8)))
    for name, content in values:
        with replace_file(folder / f"emnist-{split}-{part}-{name}-ubyte") as temporary:
            temporary.write_bytes(idx_bytes(np.ascontiguousarray(content)))
    both = {label: f"{ord(label)} {ord(label.lower())}" if first else str(ord(label)) for label in labels}
    mapping = "".join(f"{first + code} {both[label]}\n" for code, label in enumerate(labels))
    write_text(folder / f"emnist-{split}-mapping.txt", mapping)
