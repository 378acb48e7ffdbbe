"""Drawings that their writers gave away, as files: written whole, named after their content, never overwritten."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from src.data.collected_sample import Sample, read_sample, sample_content
from src.errors import InputError

IDENTITY = re.compile("[0-9a-f]{64}")
"""SHA-256 of a sample's file."""
NEW, ACCEPTED, REJECTED = FOLDERS = ("new", "accepted", "rejected")
"""Folders of samples that nobody has reviewed yet, that may be learned from, and that may not."""


def no_such_sample(identity: str) -> InputError:
    """Return what to raise where no sample has this id."""
    return InputError(f"{identity}: no such sample; `pysar review --list` shows what waits")


class SampleStore:
    """A folder of samples: `new/<id>.json`, and where they were reviewed `accepted/` and `rejected/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, sample: Sample) -> str:
        """Write a sample so that no kill or power cut loses it after this returns, and return its id.

        Raises:
            OSError: It cannot be written.
        """
        content = sample_content(sample)
        identity = hashlib.sha256(content).hexdigest()
        if self.find(identity) is None:
            write_once(self.folder / NEW / f"{identity}.json", content)
        return identity

    def find(self, identity: str) -> Path | None:
        """Return the file of a sample, wherever a review has put it; None where there is none."""
        if not IDENTITY.fullmatch(identity):
            return None
        paths = (self.folder / folder / f"{identity}.json" for folder in FOLDERS)
        return next((path for path in paths if path.is_file()), None)

    def waiting(self) -> Iterator[tuple[str, Sample]]:
        """Yield id and content of each sample that nobody has reviewed, oldest first.

        Raises:
            InputError: One of them is no sample.
        """
        for path in sorted((self.folder / NEW).glob("*.json"), key=lambda path: path.stat().st_mtime_ns):
            yield path.stem, read_sample(path)

    async def send(self) -> None:
        """Send samples to where they belong; here they are there already."""

    def move(self, identity: str, folder: str) -> None:
        """Put a sample into another of the folders.

        Raises:
            InputError: There is no such sample.
        """
        path = self.find(identity)
        if path is None:
            raise no_such_sample(identity)
        (self.folder / folder).mkdir(exist_ok=True)
        path.rename(self.folder / folder / path.name)

    def delete(self, identity: str, writer: str | None = None) -> bool:
        """Delete a sample, of this writer where one is named, and say whether there was one."""
        path = self.find(identity)
        try:
            if path is None or (writer is not None and read_sample(path).writer != writer):
                return False
            path.unlink()
        except FileNotFoundError:  # somebody was faster
            return False
        return True


def write_once(path: Path, content: bytes) -> None:
    """Write a file so that it is there after a power cut; one that is there already is left as it is."""
    _make_folder(path.parent)
    # Of this call alone: what another has linked already must not be opened for writing again.
    temporary = path.with_suffix(f".{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(temporary, path)  # unlike a rename it does not overwrite
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)
    _sync(path.parent)


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it so that they are there after a power cut."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        _sync(each.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
