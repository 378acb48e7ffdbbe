"""Unpack named members of a zip, which may be broken or hostile: no name in it ever becomes a path."""

import errno
import gzip
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from src.common.errors import WorkError
from src.data.fetching.unpack import MOST_BYTES, DamagedError

_BLOCK = 1024 * 1024
_MOST_AT_ONCE = 2 * 1024 * 1024
"""Of the zip: its list of members is one read, of which zipfile makes some ten times as much in memory."""
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""The others' decompressors give back all that a block holds, be it a thousand times as much."""
_GZIP = ".gz"
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
"""What zipfile and the decompressors raise on damaged bytes; OSError too, for a place before the file's start."""


class _BoundedFile(io.FileIO):
    """A zip that is never read in large pieces."""

    def read(self, size: int | None = -1, /) -> bytes:
        to_the_end = os.fstat(self.fileno()).st_size - self.tell()
        wanted = max(to_the_end, 0) if size is None or size < 0 else size
        if wanted > _MOST_AT_ONCE:
            raise zipfile.BadZipFile(f"its list of members takes more than {_MOST_AT_ONCE:,} bytes")
        return super().read(wanted) or b""


def unpack_zip(archive: Path, target: Path, take: Sequence[str], *, most_bytes: int = MOST_BYTES) -> None:
    """Unpack members into a folder, each under the last part of its name; a member `x.gz` as what is in it, `x`.

    Args:
        archive: The zip.
        target: An existing folder.
        take: Names of members.
        most_bytes: The most that comes out of all of them.

    Raises:
        DamagedError: The zip is corrupt or truncated, or lacks a member.
        WorkError: It is a bomb.
        OSError: The zip cannot be read or the target cannot be written.
    """
    left = most_bytes
    try:
        with _BoundedFile(archive) as file, zipfile.ZipFile(file) as packed:
            lacking = set(take) - set(packed.namelist())
            if lacking:
                raise DamagedError(f"{archive.name}: holds no {min(lacking)}; get the right archive")
            for name in take:
                left -= _unpack_member(packed, name, target, left)
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:  # the disk's fault, not the zip's
            raise
        raise DamagedError(f"{archive.name}: corrupt or truncated ({error}); get a whole copy of it") from error


def _unpack_member(packed: zipfile.ZipFile, name: str, target: Path, most_bytes: int) -> int:
    path = target / name.rsplit("/", 1)[-1].removesuffix(_GZIP)
    if packed.getinfo(name).compress_type not in _METHODS:
        raise zipfile.BadZipFile(f"{name} is packed by a method other than deflate")
    with packed.open(name) as member:
        if not name.endswith(_GZIP):
            return _copy(member, path, most_bytes, Path(str(packed.filename)).name)
        with gzip.GzipFile(fileobj=member) as content:
            return _copy(content, path, most_bytes, Path(str(packed.filename)).name)


def _copy(content: IO[bytes] | gzip.GzipFile, path: Path, most_bytes: int, archive: str) -> int:
    """Write what a stream gives, and return how many bytes that were."""
    written = 0
    with path.open("xb") as stream:
        while block := content.read(_BLOCK):
            written += len(block)
            if written > most_bytes:
                raise WorkError(f"{archive}: unpacks to more than {most_bytes:,} bytes; do not use this archive")
            stream.write(block)
    return written
