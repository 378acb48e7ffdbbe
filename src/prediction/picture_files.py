"""Picture files in folders of any depth, in alphabetical order, and what cannot be read there."""

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff", ".gif")
"""In any letter case: the names of pictures in a folder. A file that is named itself is read whatever its name."""


class Problem(NamedTuple):
    """What cannot be read, and why."""

    path: Path
    reason: str


def find_pictures(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """Return each picture once, sorted by its POSIX path, and the problems met on the way.

    Links are followed; one that leads to a folder above itself is a problem.
    """
    pictures: set[Path] = set()
    problems: list[Problem] = []
    for path in paths:
        for found in _walk(path, ()):
            if isinstance(found, Problem):
                problems.append(found)
            else:
                pictures.add(found)
    return sorted(pictures, key=Path.as_posix), problems


def _walk(path: Path, above: tuple[tuple[int, int], ...]) -> Iterator[Path | Problem]:
    try:
        status = path.stat()
        if not stat.S_ISDIR(status.st_mode):
            yield path if stat.S_ISREG(status.st_mode) else Problem(path, "neither a file nor a folder")
            return
        identity = (status.st_dev, status.st_ino)
        if identity in above:
            yield Problem(path, "a link to a folder above it")
            return
        for inner in path.iterdir():
            if inner.suffix.lower() in SUFFIXES or inner.is_dir():
                yield from _walk(inner, (*above, identity))
    except OSError as error:
        yield Problem(path, error.strerror or str(error))
