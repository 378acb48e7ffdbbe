"""Picture files in folders of any depth, in alphabetical order, and what cannot be read there."""

import os
import stat
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

READ = (".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".jif", ".mpo", ".bmp", ".dib", ".webp", ".tif",
        ".tiff", ".gif")  # fmt: skip
"""In any letter case: the names of pictures in a folder. A file that is named itself is read whatever its name."""
OTHERS = (".heic", ".heif", ".hif", ".heics", ".heifs", ".avif", ".avifs", ".jp2", ".j2k", ".j2c", ".jpc", ".jpf",
          ".jpx", ".jxl", ".jxr", ".wdp", ".hdp", ".bpg", ".flif", ".qoi", ".pnm", ".pbm", ".pgm", ".ppm", ".pam",
          ".pfm", ".tga", ".pcx", ".dds", ".exr", ".hdr", ".ico", ".cur", ".icns", ".psd", ".psb", ".xcf", ".svg",
          ".svgz", ".xbm", ".xpm", ".ras", ".sgi", ".jng", ".mng", ".djvu", ".djv", ".wmf", ".emf", ".raw", ".dng",
          ".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw", ".x3f",
          ".3fr")  # fmt: skip
"""Names of pictures of other kinds: they are tried, for telephones give JPEG such names too, and told of."""
SUFFIXES = frozenset(READ + OTHERS)

Identity = tuple[int, int]
"""Device and inode."""


class Problem(NamedTuple):
    """What is not read, and why; it is harmless where the same is read under another name, or there is nothing."""

    path: Path
    reason: str
    is_harmless: bool = False


def find_pictures(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """Return each picture once, sorted by its POSIX path, and the problems met on the way.

    Links are followed, after all folders that are none; a folder is looked into once, whatever leads to it.
    """
    search = _Search()
    for path in paths:
        search.ask(path)
    search.follow_links()
    return sorted(search.pictures.values(), key=Path.as_posix), search.problems + search.barren()


class _Asked:
    """A folder that was asked for: how many pictures or problems there were in it, and how many other files."""

    def __init__(self, path: Path) -> None:
        self.path, self.found, self.others = path, 0, 0


class _Search:
    """What was found, and which folders were looked into.

    pictures: By the folder that they lie in, and their name there: whoever comes on two ways finds them once.
    """

    def __init__(self) -> None:
        self.pictures: dict[tuple[Identity, str], Path] = {}
        self.problems: list[Problem] = []
        self._folders: dict[Identity, Path] = {}
        self._links: deque[tuple[Path, _Asked]] = deque()
        self._asked: list[_Asked] = []

    def ask(self, path: Path) -> None:
        """Find a file, or what is in a folder."""
        asked = _Asked(path)
        try:
            status = path.stat()
            if not stat.S_ISDIR(status.st_mode):
                self._add(path, _identity(path.parent), status.st_mode, asked)
            elif _identity(path) not in self._folders:
                self._asked.append(asked)
                self._walk(path, asked)
        except OSError as error:
            self._report(path, error.strerror or str(error), asked)

    def follow_links(self) -> None:
        """Find what is in the folders that links lead to, as far as it was not found yet."""
        while self._links:
            path, asked = self._links.popleft()
            try:
                known = self._folders.get(_identity(path))
            except OSError as error:
                self._report(path, error.strerror or str(error), asked)
                continue
            if known is None:
                self._walk(path, asked)
            else:
                self._report(path, f"a link to {known}, which is read once", asked, is_harmless=True)

    def barren(self) -> list[Problem]:
        """Return the folders without a picture; it is harmless where there is no other file either."""
        return [
            Problem(asked.path, _no_pictures(asked.others), is_harmless=not asked.others)
            for asked in self._asked
            if not asked.found
        ]

    def _walk(self, start: Path, asked: _Asked) -> None:
        waiting = [start]
        while waiting:
            folder = waiting.pop()
            try:
                waiting += self._look_into(folder, asked)
            except OSError as error:
                self._report(folder, error.strerror or str(error), asked)

    def _look_into(self, folder: Path, asked: _Asked) -> list[Path]:
        """Find the pictures in a folder; return the folders there that are no links."""
        identity = _identity(folder)
        if identity in self._folders:
            return []
        self._folders[identity] = folder
        inner = []
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                path = folder / entry.name
                try:
                    if entry.is_dir(follow_symlinks=False):
                        inner.append(path)
                    elif entry.is_symlink() and entry.is_dir():
                        self._links.append((path, asked))
                    elif path.suffix.lower() in SUFFIXES:
                        self._add(path, identity, entry.stat().st_mode, asked)
                    else:
                        asked.others += 1
                except OSError as error:
                    self._report(path, error.strerror or str(error), asked)
        return inner[::-1]

    def _add(self, path: Path, folder: Identity, mode: int, asked: _Asked) -> None:
        if stat.S_ISREG(mode):
            asked.found += 1
            self.pictures.setdefault((folder, path.name), path)
        else:
            self._report(path, "neither a file nor a folder", asked)

    def _report(self, path: Path, reason: str, asked: _Asked, *, is_harmless: bool = False) -> None:
        asked.found += 1
        self.problems.append(Problem(path, reason, is_harmless))


def _identity(folder: Path) -> Identity:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _no_pictures(others: int) -> str:
    if not others:
        return "no pictures in it"
    files = "a file" if others == 1 else f"{others:,} files"
    return f"no pictures in it, but {files} whose names end otherwise than {', '.join(READ)}; name the files themselves"
