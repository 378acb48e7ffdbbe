"""Files that are there after a power cut, and no trace of writes that were killed."""

import contextlib
import fcntl
import logging
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_LEFTOVER = re.compile(r"[0-9a-f]{64}[.][A-Za-z0-9_.-]*tmp")
_TRIES = 3

logger = logging.getLogger(__name__)


def write_once(path: Path, content: bytes) -> None:
    """Write a file so that it is there after a power cut; one that is there already is left as it is."""
    _make_folder(path.parent)
    for left in reversed(range(_TRIES)):
        try:
            _link(path, content)
        except FileNotFoundError:  # taken for a leftover, in the moment before it is locked
            if not left:
                raise
        else:
            break
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Remove a file so that a power cut does not bring it back.

    Raises:
        FileNotFoundError: It is not there.
    """
    path.unlink()
    sync_folder(path.parent)


def remove_leftovers(folder: Path) -> None:
    """Remove what writes left that were killed, in the folders in this one; who still writes holds a lock."""
    for path in folder.glob("*/*.tmp"):
        if _LEFTOVER.fullmatch(path.name):
            try:
                _remove_unless_locked(path)
            except OSError as error:
                logger.warning("%s: what a killed write left cannot be removed: %s", path, error.strerror)


def sync_folder(folder: Path) -> None:
    """Wait until what is in a folder, and what is not, is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _link(path: Path, content: bytes) -> None:
    # Of this call alone: what another has linked already must not be opened for writing again.
    temporary = path.with_suffix(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("wb") as stream:
            with contextlib.suppress(OSError):  # a file system without locks
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
            os.link(temporary, path)  # unlike a rename it does not overwrite
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)


def _remove_unless_locked(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError, BlockingIOError), _locked(path):
        path.unlink()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield stream


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it so that they are there after a power cut."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync_folder(each.parent)
