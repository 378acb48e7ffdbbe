"""Unpack named members of a zip, which may be broken or hostile: no name in it ever becomes a path."""

import errno
import gzip
import lzma
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from src.data.unpack import MOST_BYTES, DamagedError
from src.errors import WorkError

_BLOCK = 1024 * 1024
_GZIP = ".gz"
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip
"""What zipfile and the decompressors raise on damaged bytes; OSError too, for a place before the file's start."""


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
        with zipfile.ZipFile(archive) as packed:
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
