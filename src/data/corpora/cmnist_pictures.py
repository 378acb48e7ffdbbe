"""The pictures of Cyrillic-MNIST as they come, with letter, case and sheet; every letter that Kazakh has."""

import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.common.errors import InputError
from src.data.corpora.cmnist_names import describe_pictures
from src.data.corpora.packed import read_packed
from src.data.corpora.png import decode_png

ARCHIVE = "cmnist.zip"
LISTS = ("test.csv", "validation.csv")

_SIDE = 28
_COLUMNS = {"filename": "str", "letters81": "int64"}
_CURE = "delete data/raw/cmnist and run `dvc repro` to fetch it again"


class Pictures(NamedTuple):
    """table: columns filename, letter, is_uppercase, sheet, as `describe_pictures` returns it, sorted by filename.

    images: (n, 28, 28) uint8, black ink (0) on white (255), in the order of the table's rows.
    """

    table: pd.DataFrame
    images: NDArray[np.uint8]


def read_pictures(folder: Path) -> Pictures:
    """Read all pictures of `cmnist.zip` in `folder`.

    Raises:
        InputError: The archive is missing or damaged, lacks a list, or holds what Cyrillic-MNIST cannot hold.
    """
    path = folder / ARCHIVE
    members = read_packed(path)
    lists = pd.concat([_read_list(path, name, members) for name in LISTS], ignore_index=True)
    filenames = sorted(name for name in members if name.endswith(".png"))
    table = describe_pictures(filenames, lists)
    images = np.empty((len(filenames), _SIDE, _SIDE), np.uint8)
    for image, filename in zip(images, filenames, strict=True):
        picture = decode_png(members[filename])
        if picture is None or picture.shape != image.shape:
            raise InputError(f"{path}: {filename} is no picture of {_SIDE}x{_SIDE}; {_CURE}")
        image[:] = picture
    return Pictures(table, images)


def _read_list(path: Path, name: str, members: dict[str, bytes]) -> pd.DataFrame:
    try:
        return pd.read_csv(
            io.BytesIO(members[name]),
            usecols=["filename", "letters81"],
            dtype={"filename": "str", "letters81": "int64"},
        )
    except KeyError:
        raise InputError(f"{path}: holds no {name}; {_CURE}") from None
    except ValueError as error:
        raise InputError(f"{path}: {name} is no list of filename and letters81 ({error}); {_CURE}") from error
