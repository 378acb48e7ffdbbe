"""Drawings that their writers gave away, as files: written whole, named after their content, never overwritten."""

import base64
import hashlib
import json
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from src.errors import InputError
from src.sections import Strict

IDENTITY = re.compile("[0-9a-f]{64}")
"""SHA-256 of a sample's file."""
NEW, ACCEPTED, REJECTED = "new", "accepted", "rejected"
"""Folders of samples that nobody has reviewed yet, that may be learned from, and that may not."""

Writer = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class Sample(Strict):
    """A drawing, what was answered, and what its writer says that it is.

    image: PNG in base64, as a data URL.
    label: What it is, lowercase.
    uppercase: None for a digit, or where the writer does not say.
    writer: A random word of the browser's: samples of one writer are not parted by a split.
    consent: The writer agreed that it is kept.
    """

    image: Annotated[str, Field(pattern=r"^data:image/png;base64,[A-Za-z0-9+/]+={0,2}$", max_length=400_000)]
    relative_height: Annotated[float, Field(gt=0, le=1)] | None = None
    kind: Literal["letter", "digit"] | None = None
    answer: dict[str, Any]
    label: Annotated[str, Field(pattern="^[0-9абвгґдеєжзиіїйклмнопрстуфхцчшщьюя]$")]
    uppercase: bool | None = None
    writer: Writer
    consent: Literal[True]

    def picture(self) -> bytes:
        """Return the drawing's PNG."""
        return base64.b64decode(self.image.partition(",")[2])


def sample_content(sample: Sample) -> bytes:
    """Return a sample as the bytes of its file: the same sample has the same bytes."""
    return json.dumps(sample.model_dump(), ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


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
        return next(iter(self.folder.glob(f"*/{identity}.json")), None)

    async def send(self) -> None:
        """Send samples to where they belong; here they are there already."""

    def move(self, identity: str, folder: str) -> None:
        """Put a sample into another of the folders.

        Raises:
            InputError: There is no such sample.
        """
        path = self.find(identity)
        if path is None:
            raise InputError(f"{identity}: no such sample; `pysar review --list` shows what waits")
        (self.folder / folder).mkdir(exist_ok=True)
        path.rename(self.folder / folder / path.name)

    def delete(self, identity: str, writer: str | None = None) -> bool:
        """Delete a sample, of this writer where one is named, and say whether there was one."""
        path = self.find(identity)
        if path is None or (writer is not None and read_sample(path).writer != writer):
            return False
        path.unlink()
        return True


def read_sample(path: Path) -> Sample:
    """Read a sample's file.

    Raises:
        InputError: It is no sample.
    """
    try:
        return Sample.model_validate_json(path.read_bytes())
    except ValueError as error:
        raise InputError(f"{path}: no sample ({str(error).splitlines()[0]}); delete it") from None


def write_once(path: Path, content: bytes) -> None:
    """Write a file so that it is there after a power cut; one that is there already is left as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(temporary, path)  # unlike a rename it does not overwrite
    except FileExistsError:
        pass
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
