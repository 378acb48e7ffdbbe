"""Unpack a gzipped tar that may be broken or hostile: nothing but plain files, and nothing outside the target."""

import gzip
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from src.errors import WorkError

MOST_BYTES = 2 * 1024**3
MOST_ENTRIES = 100_000
_BLOCK = 64 * 1024


class DamagedError(WorkError):
    """The bytes are not those that were promised; another transfer may bring the right ones."""


class _BoundedGzip(gzip.GzipFile):
    """Ends in an error where a decompression bomb would go on."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        super().__init__(path)
        self._name, self._most, self._left = path.name, most_bytes, most_bytes

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self._left -= len(data)
        if self._left < 0:
            raise WorkError(f"{self._name}: unpacks to more than {self._most:,} bytes; do not use this archive")
        return data


def unpack(archive: Path, target: Path, *, strip: int, take: Sequence[str], most_bytes: int = MOST_BYTES) -> None:
    """Unpack what `take` names from a .tar.gz into `target`.

    Every entry is checked, also those that are not taken: a plain file or a folder, of a relative path without `..`.
    No link is made or followed.

    Args:
        archive: The gzipped tar.
        target: An existing folder, empty at best.
        strip: How many leading folders to cut off each entry's path.
        take: Shell patterns of the cut paths; `*` stays within one folder.
        most_bytes: The largest size of the uncompressed tar.

    Raises:
        DamagedError: The archive is corrupt or truncated, or has nothing for one of the patterns.
        WorkError: An entry is hostile, or the archive is a bomb.
        OSError: The archive cannot be read or the target cannot be written.
    """
    taken: list[PurePosixPath] = []
    try:
        # Stream mode reads forwards in small blocks, so that the bound is met before memory or disk is full.
        with _BoundedGzip(archive, most_bytes) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for count, entry in enumerate(tar):
                _refuse_hostile(archive.name, entry, count)
                path = PurePosixPath(*PurePosixPath(entry.name).parts[strip:])
                if entry.isreg() and any(_matches(path, pattern) for pattern in take):
                    _extract(tar, entry, path, archive.name, target)
                    taken.append(path)
            while stream.read(_BLOCK):  # to the checksum at the end, which tells a cut archive
                pass
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DamagedError(f"{archive.name}: corrupt or truncated ({error}); get a whole copy of it") from error
    for pattern in take:
        if not any(_matches(path, pattern) for path in taken):
            raise DamagedError(f"{archive.name}: holds no {pattern}; get the right archive")


def _matches(path: PurePosixPath, pattern: str) -> bool:
    # PurePath.match compares from the right, so that equal depth is asked for as well.
    return len(path.parts) == len(PurePosixPath(pattern).parts) and path.match(pattern)


def _refuse_hostile(archive: str, entry: tarfile.TarInfo, count: int) -> None:
    fault = None
    if count >= MOST_ENTRIES:
        fault = f"is one of more than {MOST_ENTRIES:,} entries"
    elif entry.name.startswith("/") or ".." in PurePosixPath(entry.name).parts or "\0" in entry.name:
        fault = "leads out of the target folder"
    elif entry.issym() or entry.islnk():
        fault = f"is a link to {entry.linkname!r}"
    elif not (entry.isdir() or entry.isreg()) or entry.issparse():
        fault = "is neither a plain file nor a folder"
    if fault:
        raise WorkError(f"{archive}: entry {entry.name!r} {fault}; do not use this archive")


def _extract(tar: tarfile.TarFile, entry: tarfile.TarInfo, path: PurePosixPath, archive: str, target: Path) -> None:
    if (target / path).exists():
        raise WorkError(f"{archive}: entry {entry.name!r} is there twice; do not use this archive")
    tar.extract(entry.replace(name=str(path), deep=False), target, filter="data")
