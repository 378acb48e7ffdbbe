"""Drawings that their writers gave away, as files: written whole, named after their content, never overwritten."""

import asyncio
import contextlib
import os
import re
import stat
from pathlib import Path

from src.common.digests import bytes_digest
from src.common.errors import InputError
from src.data.corpora.given_drawing import GivenDrawing, drawing_content, parse_given
from src.serving.store.durable import remove, remove_leftovers, write_once
from src.serving.store.quota import Amount, Quota

IDENTITY = re.compile("[0-9a-f]{64}")
"""SHA-256 of a sample's file."""
NEW, ACCEPTED, REJECTED = FOLDERS = ("new", "accepted", "rejected")
"""Folders of samples that nobody has reviewed yet, that may be learned from, and that may not."""
LARGEST_BYTES = 30_000_000
"""No sample is larger: of older ones an answer may have ten million characters."""
TIDY_SECONDS = 3600.0
"""So often what killed writes have left is removed."""


class NoSuchDrawingError(InputError):
    """No sample has this id, or none has it any more."""

    def __init__(self, identity: str) -> None:
        super().__init__(f"{identity}: no such sample; `pysar review --list` shows what waits")


class DrawingStore:
    """A folder of samples: `new/<id>.json`, and where they were reviewed `accepted/` and `rejected/`.

    Args:
        folder: Of them all; it need not be there.
        quota: What may be kept in it; None where nothing is kept.
    """

    def __init__(self, folder: Path, quota: Quota | None = None) -> None:
        self.folder = folder
        self._quota = quota

    def keep(self, sample: GivenDrawing) -> str:
        """Write a sample so that no kill or power cut loses it after this returns, and return its id.

        Raises:
            StoreFullError: As much is kept as may be.
            OSError: It cannot be written.
        """
        content = drawing_content(sample)
        identity = bytes_digest(content)
        if self.find(identity) is None:
            with self._quota.room(len(content)) if self._quota else contextlib.nullcontext():
                write_once(self.folder / NEW / f"{identity}.json", content)
        return identity

    def find(self, identity: str) -> Path | None:
        """Return the file of a sample, wherever a review has put it; None where there is none."""
        if not IDENTITY.fullmatch(identity):
            return None
        # Twice: a reviewer may have moved it behind the back of the first look.
        paths = (self.folder / folder / f"{identity}.json" for folder in FOLDERS * 2)
        return next((path for path in paths if path.is_file()), None)

    def waiting(self) -> list[str]:
        """Return the ids of samples that nobody has reviewed, oldest first; or what else files there are called.

        Raises:
            OSError: The folder is there and cannot be looked into.
        """
        ages = {}
        for path in _files_in(self.folder / NEW):
            with contextlib.suppress(FileNotFoundError):  # taken back a moment ago
                ages[path.stem] = path.lstat().st_mtime_ns
        return sorted(ages, key=ages.__getitem__)

    def read(self, identity: str) -> GivenDrawing:
        """Return a sample that waits.

        Raises:
            NoSuchDrawingError: There is none any more.
            InputError: It is none.
        """
        path = self.folder / NEW / f"{identity}.json"
        if not IDENTITY.fullmatch(identity):
            raise InputError(f"{path}: no sample (its name is no id); delete it")
        try:
            return parse_given(_content(path), str(path))
        except FileNotFoundError:
            raise NoSuchDrawingError(identity) from None
        except OSError as error:
            raise InputError(f"{path}: {error.strerror}; give yourself permission, or delete it") from None

    async def send(self) -> None:
        """Send samples to where they belong; here they are there already, and only leftovers are removed."""
        while True:
            await asyncio.to_thread(self.tidy)
            await asyncio.sleep(TIDY_SECONDS)

    def tidy(self) -> None:
        """Remove what writes have left that were killed."""
        remove_leftovers(self.folder)

    def move(self, identity: str, folder: str) -> None:
        """Put a sample into another of the folders.

        Raises:
            NoSuchDrawingError: There is none, or its writer has just taken it back.
        """
        path = self.find(identity)
        if path is None:
            raise NoSuchDrawingError(identity)
        (self.folder / folder).mkdir(exist_ok=True)
        try:
            path.rename(self.folder / folder / path.name)
        except FileNotFoundError:
            raise NoSuchDrawingError(identity) from None

    def delete(self, identity: str, writer: str | None = None) -> bool:
        """Delete a sample, of this writer where one is named, and say whether there was one.

        Raises:
            OSError: It is there and cannot be deleted.
        """
        found = False
        while (path := self.find(identity)) is not None:
            try:
                if not is_of(path, writer):
                    break
                self._remove(path)
                found = True
            except FileNotFoundError:  # somebody was faster, or has moved it
                continue
        return found

    def _remove(self, path: Path) -> None:
        size = path.stat().st_size
        remove(path)
        if self._quota:
            self._quota.free(Amount(1, size))


def _files_in(folder: Path) -> list[Path]:
    """Return the files of samples; unlike glob it does not take a folder for empty that is closed to it."""
    try:
        return [path for path in folder.iterdir() if path.suffix == ".json"]
    except FileNotFoundError:
        return []


def _content(path: Path) -> bytes:
    """Return the bytes of a file; a fifo would be waited for, and a device has no end.

    Raises:
        InputError: It is no file, or larger than a sample.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_BYTES:
            raise InputError(f"{path}: no sample (no file of at most {LARGEST_BYTES:,} bytes); delete it")
        return stream.read()


def is_of(path: Path, writer: str | None) -> bool:
    """Say whether a sample is this writer's, or whether that does not matter."""
    return writer is None or writer == writer_of(path.read_bytes())


def writer_of(content: bytes) -> str | None:
    """Return who gave a sample; None where it is damaged."""
    try:
        return parse_given(content, "").writer
    except InputError:
        return None
