"""Resuming a killed training stage, never from a checkpoint of other params, code or data, nor from a living one's.

Checkpoints lie under the repository's root and not in a stage's outputs: there one experiment's would leak into the
next, also when DVC runs them in folders of their own. Experiments that run at the same time may want the same one:
whoever trains holds a lock beside it, which the kernel takes back when he dies, and a second takes another file.
"""

import errno
import hashlib
import io
import json
import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import Any
from uuid import uuid4

import torch
from filelock import FileLock, Timeout

from src.common.digests import file_digest
from src.common.files import replace_file
from src.workspace.stage_hashes import dependency_hashes

logger = logging.getLogger(__name__)

_NO_LOCKS = {errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK}


def repository_root() -> Path:
    """Return the repository's root; in `dvc exp run --temp` it is not the working folder."""
    return Path(os.environ.get("DVC_ROOT", ".")).resolve()


class Checkpoint:
    """One file that holds all a stage needs to go on from its last epoch, after the SHA-256 of all that."""

    def __init__(self, stage: str, settings: Mapping[str, Any], inputs: Iterable[Path], machine: str) -> None:
        """Name the checkpoint after everything that its continuation depends on, code by its stage's dependencies.

        Args:
            stage: Name of the stage.
            settings: The params that the stage reads, as plain values.
            inputs: The files that it reads.
            machine: `Machine.describe()`.
        """
        digests = {path.as_posix(): file_digest(path) for path in inputs}
        named = json.dumps([stage, dict(settings), digests, dependency_hashes(stage), machine], sort_keys=True)
        self.key = hashlib.sha256(named.encode()).hexdigest()[:24]
        self.path = repository_root() / ".pysar" / "checkpoints" / f"{stage}-{self.key}.pt"

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Let no other process adopt, write or remove this checkpoint in the block.

        Where a living one has it already, `path` is another file: one that was left by the dead, or a new one.

        Raises:
            OSError: The folder cannot be written.
        """
        usual = self.path
        usual.parent.mkdir(parents=True, exist_ok=True)
        lock = self._lock_one()
        if self.path != usual:
            logger.info("another process trains the same; this one's checkpoint is %s", self.path.name)
        for unfinished in self.path.parent.glob(f".{self.path.name}.*.tmp"):  # its writer was killed
            unfinished.unlink(missing_ok=True)
        try:
            yield
        finally:
            if lock is not None:
                Path(lock.lock_file).unlink(missing_ok=True)  # while it is held: whoever has opened it looks again
                lock.release()
            self.path = usual

    def load(self) -> dict[str, Any] | None:
        """Return what was saved, or None where there is nothing to resume; what cannot be read is set aside."""
        if not self.path.is_file():
            return None
        digest, content = _parted(self.path.read_bytes())
        if hashlib.sha256(content).digest() != digest:
            self.set_aside("damaged")
            return None
        try:
            state = torch.load(io.BytesIO(content), weights_only=True, map_location="cpu")
        except Exception as error:  # noqa: BLE001  # zip, pickle and torch each have errors of their own
            self.set_aside(f"not read by this torch: {type(error).__name__}")
            return None
        if not isinstance(state, dict):
            self.set_aside("no state of a training")
            return None
        return state

    def set_aside(self, why: str) -> None:
        """Keep a file that cannot be resumed under another name, and say so."""
        aside = self.path.with_suffix(".damaged")
        self.path.replace(aside)
        logger.warning("%s: %s; set aside as %s, training starts anew", self.path, why, aside.name)

    def save(self, state: Mapping[str, Any]) -> None:
        """Write the state whole, in place of the last one.

        Raises:
            OSError: The disk is full, say; the last one is as it was.
        """
        content = io.BytesIO()
        torch.save(dict(state), content)
        with replace_file(self.path) as temporary, temporary.open("wb") as stream:
            stream.write(hashlib.sha256(content.getbuffer()).digest())
            stream.write(content.getbuffer())

    def remove(self) -> None:
        """Delete the checkpoint of a stage that has finished."""
        self.path.unlink(missing_ok=True)

    def _lock_one(self) -> FileLock | None:
        """Lock a checkpoint that the dead have left, else the first name that is free, and make it `path`.

        Where the file system has no locks, nobody knows who is dead: `path` is then a name of this process alone.
        """
        names = (f"{self.path.stem}{f'.{number}' if number > 1 else ''}.pt" for number in count(1))
        left = sorted(self.path.parent.glob(f"{self.path.stem}*.pt"), key=lambda path: (len(path.name), path.name))
        for path in chain(left, map(self.path.with_name, names)):
            lock = FileLock(f"{path}.lock", blocking=False, fallback_to_soft=False)
            try:
                lock.acquire()
            except Timeout:  # a living process has it
                continue
            except OSError as error:
                if error.errno not in _NO_LOCKS:
                    raise
                logger.warning("%s: no locks in this file system; a killed training will begin anew", path.parent)
                self.path = self.path.with_name(f"{self.path.stem}.{uuid4().hex}.pt")
                return None
            self.path = path
            return lock
        raise AssertionError("names without end have ended")


def _parted(content: bytes) -> tuple[bytes, bytes]:
    """Return the digest that a file begins with, and what it was made of."""
    size = hashlib.sha256().digest_size
    return content[:size], content[size:]
