"""What the template does once, so that no reading process has to do it: load what is loaded late, and read its code."""

import itertools
import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from src.features.decoding.picture_file import FORMATS

_AT_ONCE = 1_000_000
_OTHER_WORK = ("libopenblas", "libscipy_openblas", "libgfortran", "libavcodec", "libavformat", "libaom", "libvpx")
"""Begins the names of libraries that come with the others and read no picture: matrices and films."""


def one_of_each_kind() -> Iterator[bytes]:
    """Yield a small picture of each format that is read, a drawing and coloured ink on shaded paper.

    Pillow loads what reads WebP when the first one comes, and all that it has besides; that takes longer than a small
    picture may.
    """
    drawing = Image.fromarray(np.eye(8, dtype=np.uint8) * 255)
    shade = np.linspace(120, 240, 64)[:, None, None] - 80 * np.eye(64)[..., None] * np.array([0, 1, 1])
    for name, picture in itertools.product(FORMATS, (drawing, Image.fromarray(shade.astype(np.uint8)))):
        written = BytesIO()
        picture.save(written, name)
        yield written.getvalue()


def read_code() -> None:
    """Have the system read all code that reads pictures and is in memory in part only, where it tells what that is.

    Otherwise the first who needs another part waits for the disk, seconds where much is going on, and whoever needs the
    same part waits for him, even if he gives way to all.
    """
    maps = Path("/proc/self/maps")
    if not maps.is_file():
        return
    for line in maps.read_text("utf-8", "surrogateescape").splitlines():
        span, access, offset, _, _, *name = line.split(maxsplit=5)
        path = Path(*name)
        if "x" in access and path.is_absolute() and not path.name.startswith(_OTHER_WORK):
            start, end = (int(address, 16) for address in span.split("-"))
            _read_part(path, int(offset, 16), end - start)


def _read_part(path: Path, offset: int, length: int) -> None:
    try:
        with path.open("rb") as stream:
            for position in range(offset, offset + length, _AT_ONCE):
                os.pread(stream.fileno(), min(_AT_ONCE, offset + length - position), position)
    except OSError:  # [vdso], or replaced since
        return
