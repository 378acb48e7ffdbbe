"""EMNIST's own files: six splits of the same pictures, each labelled in its own way, all transposed.

Whatever codes a split uses (those of `letters` begin at 1 and stand for both cases), what comes out is a character.
"""

from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from src.common.errors import InputError
from src.data.corpora.idx import read_idx

SPLITS = ("balanced", "byclass", "bymerge", "digits", "letters", "mnist")
"""NIST's."""

Part = Literal["train", "test"]

_CURE = "delete the folder and run `dvc repro` to fetch it again"


class Glyphs(NamedTuple):
    """images (n, 28, 28) uint8, white ink on black, upright; characters (n,) str, one each, in the file's order."""

    images: NDArray[np.uint8]
    characters: NDArray[np.str_]


def has_part(folder: Path, split: str, part: Part) -> bool:
    """Say whether a folder holds a part of a split."""
    return images_path(folder, split, part).is_file()


def images_path(folder: Path, split: str, part: Part) -> Path:
    """Return where a part's pictures are."""
    return folder / f"emnist-{split}-{part}-images-idx3-ubyte"


def read_glyphs(folder: Path, split: str, part: Part) -> Glyphs:
    """Read the pictures of a part of a split, and what they show.

    Raises:
        InputError: A file is missing or damaged, or the files do not belong together.
    """
    images = read_idx(images_path(folder, split, part), 3)
    codes = read_idx(folder / f"emnist-{split}-{part}-labels-idx1-ubyte", 1)
    characters = _read_mapping(folder / f"emnist-{split}-mapping.txt")[codes]
    if len(images) != len(codes) or (characters == "").any():
        raise InputError(f"{folder}: pictures, labels and mapping of {split} do not belong together; {_CURE}")
    return Glyphs(images.transpose(0, 2, 1), characters)


def _read_mapping(path: Path) -> NDArray[np.str_]:
    """Return the character of each of 256 codes, empty where there is no such code; of two cases the capital."""
    characters = np.full(256, "", dtype="<U1")
    try:
        for line in path.read_text(encoding="ascii").splitlines():
            code, *numbers = map(int, line.split())
            characters[code] = chr(numbers[0])
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `dvc repro` to fetch it") from None
    except (ValueError, IndexError, OverflowError) as error:
        raise InputError(f"{path}: no mapping of classes to characters; {_CURE}") from error
    return characters
