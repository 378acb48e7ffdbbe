"""Digits in MNIST's own format: four gzipped IDX files."""

import gzip
import struct
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from src.common.files import replace_file
from src.data.writer.draw import Writing, write_glyph
from src.data.writer.pen import draw_ink
from src.features.labels import DIGITS

_SIDE = 28
_BOX = 20.0
_BYTES_MAGIC = 0x800
_OVERSAMPLING = 3


def write_digits(folder: Path, train: int, test: int, seed: int) -> None:
    """Write MNIST's four files with `train` and `test` digits, each class as often as any other (give or take one).

    The two sets are drawn from different streams of the seed; the files' bytes depend on nothing but the arguments.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    streams = np.random.SeedSequence(seed).spawn(2)
    for name, count, stream in zip(("train", "t10k"), (train, test), streams, strict=True):
        generator = np.random.default_rng(stream)
        labels = generator.permutation(np.arange(count, dtype=np.uint8) % len(DIGITS))
        images = np.stack([draw_digit(DIGITS[label], generator) for label in labels])
        _write_idx(folder / f"{name}-images-idx3-ubyte.gz", images)
        _write_idx(folder / f"{name}-labels-idx1-ubyte.gz", labels)


def draw_digit(digit: str, generator: np.random.Generator) -> NDArray[np.uint8]:
    """Draw a digit as MNIST shows them: fitted into 20x20 px, centred by mass, white ink (255) on black.

    Returns:
        (28, 28) uint8, antialiased.

    Raises:
        InputError: The label is outside the alphabet.
    """
    return draw_as_mnist(write_glyph(digit, False, generator))


def draw_as_mnist(writing: Writing) -> NDArray[np.uint8]:
    """Draw a writing as MNIST shows digits; returns what `draw_digit` returns."""
    fitted = writing.scale(_OVERSAMPLING * _BOX / max(writing.extent.real, writing.extent.imag))
    side = _SIDE * _OVERSAMPLING
    ink = draw_ink(fitted.lines, fitted.nib, side)
    moments = cv2.moments(ink)
    centre = (side - 1) / 2
    shift = [centre - moments["m10"] / moments["m00"], centre - moments["m01"] / moments["m00"]]
    moved = cv2.warpAffine(ink, np.array([[1, 0, shift[0]], [0, 1, shift[1]]]), (side, side))
    return np.asarray(cv2.resize(moved, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def idx_bytes(values: NDArray[np.uint8]) -> bytes:
    """Return an array as an IDX file that is not gzipped."""
    return struct.pack(f">{1 + values.ndim}I", _BYTES_MAGIC + values.ndim, *values.shape) + values.tobytes()


def _write_idx(path: Path, values: NDArray[np.uint8]) -> None:
    with replace_file(path) as temporary:
        # Neither time nor name may enter gzip's header: equal digits are to be equal bytes.
        temporary.write_bytes(gzip.compress(idx_bytes(values), 6, mtime=0))
