"""MNIST's own file format, IDX (yann.lecun.com/exdb/mnist): a magic number, big-endian sizes, then raw bytes."""

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from src.common.errors import InputError

Part = Literal["train", "t10k"]

_SIDE = 28
_UNSIGNED_BYTE = 0x08
_LARGEST = 9
_CURE = "delete it and run `dvc repro` to fetch it again"


class Digits(NamedTuple):
    """One part of MNIST: images (n, 28, 28) uint8, white ink on black; labels (n,) uint8, 0 to 9."""

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]


def read_digits(folder: Path, part: Part) -> Digits:
    """Read the pictures and labels of MNIST's training (`train`) or test (`t10k`) file pair.

    Raises:
        InputError: A file is missing, is no gzip or IDX file, is truncated or holds what MNIST cannot hold, or the two
            files do not belong together; the message names the file and the cure.
    """
    images_path = folder / f"{part}-images-idx3-ubyte.gz"
    labels_path = folder / f"{part}-labels-idx1-ubyte.gz"
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    if images.shape[1:] != (_SIDE, _SIDE):
        height, width = images.shape[1:]
        raise InputError(f"{images_path}: pictures of {width}x{height} instead of {_SIDE}x{_SIDE}; {_CURE}")
    if len(images) != len(labels):
        raise InputError(f"{labels_path}: {len(labels)} labels for {len(images)} pictures; {_CURE}, and the pictures")
    if labels.size and labels.max() > _LARGEST:
        row = int(np.argmax(labels > _LARGEST))
        raise InputError(f"{labels_path}: label {labels[row]} at row {row} is no digit; {_CURE}")
    return Digits(images, labels)


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, gzipped where its name ends in `.gz`, as an array of `dimensions` axes.

    Raises:
        InputError: The file is missing, is no gzip file where it says so, has another magic number, or its length is
            not what its header says.
    """
    content = _read(path)
    magic = bytes([0, 0, _UNSIGNED_BYTE, dimensions])
    start = 4 + 4 * dimensions
    if content[:4] != magic:
        raise InputError(f"{path}: starts with {content[:4].hex() or 'nothing'} instead of {magic.hex()}; {_CURE}")
    if len(content) < start:
        raise InputError(f"{path}: truncated in its header; {_CURE}")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    if len(content) - start != math.prod(shape):
        raise InputError(f"{path}: {len(content) - start} bytes where {math.prod(shape)} were announced; {_CURE}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _read(path: Path) -> bytes:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            return stream.read()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `dvc repro` to fetch it") from None
    except EOFError:
        raise InputError(f"{path}: truncated; {_CURE}") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{path}: not a whole gzip file ({error}); {_CURE}") from None
