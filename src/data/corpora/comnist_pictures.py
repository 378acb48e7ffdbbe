"""The pictures of CoMNIST: which of them show the letter of their folder, and what each looks like.

The corpus is CoMNIST (Gregory Vial, 2017: drawn by many with finger or mouse, 278x278) and the letters of Kazakh added
to it, drawn on a graphics tablet. A file's name tells of which of the two it is: CoMNIST's are 13 hexadecimal digits,
the added ones ten lowercase letters. The folder of every Ukrainian letter was looked at: 30 pictures at random, those
with least and with most ink, and all whose names are of another kind than most.

- `к` and `о` hold the added қ and ө too, and so do folders of their own.
- `а`, `в` and `с` hold CoMNIST's Latin A, B and C too (`A_1cvpdy93.png`; 82, 80 and 70 pictures). Their writers were
  asked for another letter, and it shows: a lowercase b, a looped C.
- `і` is of the added ones alone: 374 pictures, all of a lowercase і in a fine pen, by few hands.
- No other folder holds a second kind. Slips are few (a В among Б, a щ without its tail) and stay: what judges a model
  is not to be cleaned by eye. One picture of х is no letter but a short dash, 52 of 278 px long; the next shortest is
  a small о of 77 px. So ink that is nowhere a quarter as long as the canvas is called a speck.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.common.cores import on_all_cores
from src.common.errors import InputError
from src.data.corpora.packed import read_packed
from src.data.corpora.png import decode_png
from src.features.labels import LETTERS
from src.features.picture.normalize import Glyph, normalize

ARCHIVE = "comnist.zip"

_NAME = r"^(?P<folder>[^/]+)/(?:(?P<kazakh>[a-z]{10})|(?P<latin>[A-Z]_[a-z0-9_]{8})|(?P<own>[^/]+))\.png$"
_OF_THE_ADDED_ALONE = "і"
_SHORTEST = 0.25
"""Length of the ink's longer side that a letter has at least, as a share of the canvas."""
_CURE = "delete data/raw/comnist and run `dvc repro` to fetch it again"


class Look(NamedTuple):
    """What is seen of a picture: its glyph, whether its ink is too little for a letter, and a digest of its pixels."""

    glyph: Glyph
    is_speck: bool
    digest: bytes


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the files of `comnist.zip` in `folder` by name (`<letter>/<name>.png`), sorted.

    Raises:
        InputError: The archive is missing or damaged.
    """
    files = read_packed(folder / ARCHIVE)
    return {name: files[name] for name in sorted(files)}


def judge_names(filenames: Sequence[str]) -> tuple["pd.Series[str]", dict[str, NDArray[np.bool_]]]:
    """Return the letter in whose folder each file lies, and which files show something else, by what they show.

    Raises:
        InputError: A name is of another form.
    """
    names = pd.Series(filenames, dtype="str")
    parts = names.str.extract(_NAME)
    if parts["folder"].isna().any():
        name = names[parts["folder"].isna()].iloc[0]
        raise InputError(f"{name}: no name of CoMNIST (<letter>/<name>.png); {_CURE}")
    return parts["folder"], {
        "not_ukrainian": ~parts["folder"].isin(list(LETTERS)).to_numpy(),
        "kazakh_letter_in_this_folder": (parts["kazakh"].notna() & (parts["folder"] != _OF_THE_ADDED_ALONE)).to_numpy(),
        "latin_letter_in_this_folder": parts["latin"].notna().to_numpy(),
    }


def look_at_all(files: Mapping[str, bytes], side: int) -> list[Look]:
    """Look at each picture, normalised to `side` px, on all cores.

    Raises:
        InputError: A file is no picture; the message names it.
    """
    looks = on_all_cores(partial(_look, side=side), list(files.values()), "normalising CoMNIST")
    seen = [look for look in looks if look is not None]
    if len(seen) < len(looks):
        raise InputError(f"{list(files)[looks.index(None)]}: no readable picture; {_CURE}")
    return seen


def _look(content: bytes, side: int) -> Look | None:
    grey = decode_png(content)
    if grey is None:
        return None
    ink = (grey < 128).astype(np.uint8)  # half-way from black to white
    _, _, width, height = cv2.boundingRect(ink)
    is_speck = max(width, height) < _SHORTEST * max(grey.shape)
    return Look(normalize(grey, side), is_speck, hashlib.sha256(grey.tobytes()).digest())
