"""Where the service's model comes from, and whether there is another one by now: a file, or MLflow's registry."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from src.common.digests import bytes_digest
from src.common.errors import InputError
from src.features.labels import Alphabet
from src.prediction.interface import CURE
from src.prediction.model_file import REGISTRY, TASKS, UKRAINIAN, alphabet_of, find_model, present_model
from src.workspace.repository import find_root

FILE_SECONDS = 1.0
"""From look to look at a file."""


class Found(NamedTuple):
    """A model that has not been seen before.

    content: Of its file, all of it read at one moment.
    version: Its number in the registry; None where it comes from a file.
    """

    content: bytes
    path: Path
    version: str | None = None


class ModelSource(Protocol):
    """Finds models; blocks, so it is asked in a thread.

    name: What the operator called it.
    folder: Where its models lie; no caller of the service is told.
    seconds: From look to look.
    alphabet: Its models must read these labels.
    """

    name: str
    folder: Path
    seconds: float
    alphabet: Alphabet

    def look(self) -> Found | None:
        """Return the model that is there now, or None if it was returned before.

        Raises:
            PysarError, OSError: It cannot be had now.
        """

    def refuse(self, found: Found) -> None:
        """Learn that a model that was found cannot be used."""


class FileSource:
    """A file that is replaced now and then, of a task's model."""

    def __init__(self, path: Path, seconds: float = FILE_SECONDS, task: str = UKRAINIAN) -> None:
        self.name, self.folder = str(path), path.parent
        self.seconds, self.alphabet = seconds, alphabet_of(task)
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._coming: tuple[int, int, int] | None = None

    def look(self) -> Found | None:
        """Return the file's content where it is another than before, and has stayed so since the last look.

        A file that is copied to its place is cut for a moment; only the first look, when the service starts, takes it
        as it is.

        Raises:
            InputError: It is missing.
            OSError: It cannot be read.
        """
        try:
            with self._path.open("rb") as stream:
                status = os.fstat(stream.fileno())
                stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
                still_coming = self._seen is not None and stamp != self._coming
                self._coming = stamp
                if stamp == self._seen or still_coming:
                    return None
                content = stream.read()
        except FileNotFoundError:
            raise InputError(f"{self._path}: no such file; {CURE}") from None
        self._seen = stamp
        return Found(content, self._path)

    def refuse(self, found: Found) -> None:
        """Wait until the file is replaced."""


class RegistrySource:
    """A version of the registered model, which another takes the place of when the alias moves.

    Args:
        name: `models:/pysar@champion` or `models:/pysar/7`.
        root: The repository, whose registry it is unless MLFLOW_TRACKING_URI says otherwise.
        seconds: From question to question.
    """

    def __init__(self, name: str, root: Path, seconds: float) -> None:
        self.name, self.folder = name, root
        self.seconds, self.alphabet = seconds, alphabet_of(UKRAINIAN)
        self._root = root
        self._seen: tuple[str, Path] | None = None
        self._refused: str | None = None

    def look(self) -> Found | None:
        """Ask the registry, and fetch the version where it is another than before.

        Raises:
            InputError: There is no such version.
            WorkError: The registry is away or refuses.
            OSError: The version cannot be kept on disk.
        """
        from src.prediction.registered import fetch_registered  # noqa: PLC0415 - MLflow takes four seconds to import

        fetched = fetch_registered(self.name, self._root)
        if fetched == self._seen:
            return None
        found = Found(fetched.path.read_bytes(), fetched.path, fetched.version)
        self._seen = fetched
        return found

    def refuse(self, found: Found) -> None:
        """Fetch it again the next time, but only once: it may have been damaged on its way."""
        digest = bytes_digest(found.content)
        if digest != self._refused:
            self._refused, self._seen = digest, None
            found.path.unlink(missing_ok=True)


def find_source(asked: str | None, folder: Path, registry_seconds: float) -> ModelSource:
    """Return where the service's model comes from; see `find_model`.

    Raises:
        InputError: `folder` is in no repository, and the registry is asked for.
    """
    if asked is not None and asked.startswith(REGISTRY):
        return RegistrySource(asked, find_root(folder), registry_seconds)
    return FileSource(find_model(asked, folder))


def find_others(folder: Path) -> Mapping[str, ModelSource]:
    """Return where the models of the other tasks come from: of those that are made or released now."""
    there = {task: present_model(folder, task) for task in TASKS if task != UKRAINIAN}
    return {task: FileSource(path, task=task) for task, path in there.items() if path is not None}
