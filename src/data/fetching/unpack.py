"""Unpack a gzipped tar that may be broken or hostile: nothing but plain files, and nothing outside the target."""

import gzip
import re
import shutil
import tarfile
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import translate
from pathlib import Path
from typing import IO

from src.common.errors import WorkError

MOST_BYTES = 2 * 1024**3
MOST_BYTES_IN_MEMORY = 512 * 1024**2
MOST_ENTRIES = 500_000
MOST_HEADER_BYTES = 16 * 1024
"""Of one entry: all that stands in the tar before its content, which tarfile holds in memory several times over."""
_MOST_GLOBALS = 100
"""Keywords of headers that speak of all entries; tarfile keeps them to the end."""
_MOST_NAME_BYTES = 1000
_MOST_PART_BYTES = 255
"""Of a file's or a folder's own name, as disks have it."""
_SHOWN = 200
"""So many characters of a name are told."""
_BLOCK = 64 * 1024
_RIGHTS = 0o644
"""Of what is unpacked, whatever the archive and the umask would add."""
_NO_TEXT = re.compile("[\ud800-\udfff]")
"""What Python reads a name's bytes as where they are no UTF-8."""


class DamagedError(WorkError):
    """The bytes are not those that were promised; another transfer may bring the right ones."""


class _BoundedGzip(gzip.GzipFile):
    """Ends in an error where a decompression bomb, or a header without end, would go on."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        super().__init__(path)
        self._name, self._most, self._left = path.name, most_bytes, most_bytes
        self._header_left: int | None = None

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self._left -= len(data)
        if self._left < 0:
            raise WorkError(f"{self._name}: unpacks to more than {self._most:,} bytes; do not use this archive")
        if self._header_left is not None:
            self._header_left -= len(data)
            if self._header_left < 0:
                fault = f"an entry has headers of more than {MOST_HEADER_BYTES:,} bytes"
                raise WorkError(f"{self._name}: {fault}; do not use this archive")
        return data

    @contextmanager
    def headers_only(self) -> Iterator[None]:
        """Bound what is read inside to the headers of one entry; what tarfile fails to read as such is damage."""
        self._header_left = MOST_HEADER_BYTES + 2 * tarfile.RECORDSIZE  # tarfile reads ahead
        try:
            yield
        except ValueError as error:
            raise tarfile.ReadError(str(error)) from error
        finally:
            self._header_left = None


_Keep = Callable[[IO[bytes], tarfile.TarInfo, str], None]
"""Does something with the content of an entry that passed the checks; its path is cut and in composed form (NFC)."""


def unpack(archive: Path, target: Path, *, strip: int, take: Sequence[str], most_bytes: int = MOST_BYTES) -> None:
    """Unpack what `take` names from a .tar.gz into `target`.

    Every entry is checked, also those that are not taken: a plain file or a folder, of a relative path without `..`.
    No link is made or followed. Names are written in Unicode's composed form: й is one character, whoever packed it.
    Memory does not grow with the archive, nor with what it says of itself.

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

    def extract(source: IO[bytes], entry: tarfile.TarInfo, path: str) -> None:
        place = target / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch(_RIGHTS, exist_ok=False)
        except (FileExistsError, NotADirectoryError):
            raise _twice(archive, entry) from None
        with place.open("wb") as copy:
            shutil.copyfileobj(source, copy, _BLOCK)

    _for_each_taken(archive, strip, take, most_bytes, extract)


def unpack_in_memory(
    archive: Path, *, strip: int, take: Sequence[str], most_held: int = MOST_BYTES_IN_MEMORY
) -> dict[str, bytes]:
    """Return the contents by cut path of what `take` names in a .tar.gz, in the order of the archive.

    Arguments and errors are those of `unpack`, but for the target; `most_held` bounds the bytes of paths and contents.
    """
    contents: dict[str, bytes] = {}
    left = most_held

    def hold(source: IO[bytes], entry: tarfile.TarInfo, path: str) -> None:
        nonlocal left
        if path in contents:
            raise _twice(archive, entry)
        left -= len(path.encode()) + entry.size
        if left < 0:
            raise WorkError(f"{archive.name}: more than {most_held:,} bytes are to be taken; do not use this archive")
        contents[path] = source.read()

    _for_each_taken(archive, strip, take, MOST_BYTES, hold)
    return contents


def _twice(archive: Path, entry: tarfile.TarInfo) -> WorkError:
    return WorkError(f"{archive.name}: entry {entry.name[:_SHOWN]!r} is there twice; do not use this archive")


def _for_each_taken(archive: Path, strip: int, take: Sequence[str], most_bytes: int, keep: _Keep) -> None:
    patterns = {pattern: [re.compile(translate(part)) for part in pattern.split("/")] for pattern in take}
    lacking = set(take)
    try:
        with _BoundedGzip(archive, most_bytes) as stream:
            for count, (entry, source) in enumerate(_entries(stream)):
                parts = _parts(entry.name)
                _refuse_hostile(archive.name, entry, parts, count)
                matching = [pattern for pattern, places in patterns.items() if _matches(parts[strip:], places)]
                if source and matching:
                    keep(source, entry, "/".join(parts[strip:]))
                    lacking.difference_update(matching)
            while stream.read(_BLOCK):  # to the checksum at the end, which tells a cut archive
                pass
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DamagedError(f"{archive.name}: corrupt or truncated ({error}); get a whole copy of it") from error
    for pattern in take:
        if pattern in lacking:
            raise DamagedError(f"{archive.name}: holds no {pattern}; get the right archive")


def _entries(stream: _BoundedGzip) -> Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]:
    """Yield each entry with its content, None for what is no plain file: owner, rights and links are not taken over.

    Stream mode reads forwards in small blocks, so that the bounds are met before memory or disk is full.
    """
    with stream.headers_only():
        tar = tarfile.open(fileobj=stream, mode="r|", encoding="utf-8")  # noqa: SIM115  # closed below
    with tar:
        while True:
            with stream.headers_only():
                entry = tar.next()
            if entry is None:
                return
            if len(tar.pax_headers) > _MOST_GLOBALS:
                raise tarfile.ReadError(f"more than {_MOST_GLOBALS} keywords in headers of all entries")
            source = tar.extractfile(entry) if entry.isreg() and not entry.issparse() else None
            yield entry, source
            while source and source.read(_BLOCK):  # what was not kept, so that headers follow
                pass
            # tarfile would keep what each entry says of itself; typeshed does not know that list
            tar.members.clear()  # type: ignore[attr-defined]


def _parts(name: str) -> list[str]:
    return [part for part in unicodedata.normalize("NFC", name).split("/") if part not in {"", "."}]


def _matches(parts: Sequence[str], pattern: Sequence[re.Pattern[str]]) -> bool:
    return len(parts) == len(pattern) and all(place.match(part) for place, part in zip(pattern, parts, strict=True))


def _refuse_hostile(archive: str, entry: tarfile.TarInfo, parts: Sequence[str], count: int) -> None:
    fault = None
    if count >= MOST_ENTRIES:
        fault = f"is one of more than {MOST_ENTRIES:,} entries"
    elif entry.name.startswith("/") or ".." in parts or "\0" in entry.name:
        fault = "leads out of the target folder"
    elif _NO_TEXT.search(entry.name):
        fault = "has a name that is no UTF-8"
    elif len(entry.name.encode()) > _MOST_NAME_BYTES or any(len(part.encode()) > _MOST_PART_BYTES for part in parts):
        fault = "has a name that is too long for a file"
    elif entry.issym() or entry.islnk():
        fault = f"is a link to {entry.linkname[:_SHOWN]!r}"
    elif not (entry.isdir() or entry.isreg()) or entry.issparse():
        fault = "is neither a plain file nor a folder"
    if fault:
        raise WorkError(f"{archive}: entry {entry.name[:_SHOWN]!r} {fault}; do not use this archive")
