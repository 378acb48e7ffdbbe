"""The file that a study's processes write to: whole lines, whatever ends one of them."""

import json
import logging
import os
from pathlib import Path
from typing import Any

from optuna.storages.journal import JournalFileBackend, JournalFileSymlinkLock
from optuna.storages.journal._file import get_lock_file

logger = logging.getLogger(__name__)


def open_journal(path: Path) -> JournalFileBackend:
    """Open a journal, or make it; what cannot be read at its end is set aside, in `<name>.torn` beside it.

    A kill, or the loss of power, leaves half a line. Optuna would join the next one to it, and never read on.

    Raises:
        OSError: The folder cannot be written.
    """
    # An absolute path: Optuna's lock is a link to it, which must lead there wherever it lies.
    backend = _WholeLines(str(path), JournalFileSymlinkLock(str(path)))
    backend.mend()
    return backend


class _WholeLines(JournalFileBackend):
    """Takes back what a full disk has let it write of some lines, so that the next ones can be read."""

    def __init__(self, file_path: str, lock: JournalFileSymlinkLock) -> None:
        super().__init__(file_path, lock)
        self._path, self._own_lock = Path(file_path), lock

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        text = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs).encode()
        with get_lock_file(self._own_lock), self._path.open("ab", buffering=0) as stream:
            size = os.fstat(stream.fileno()).st_size
            try:
                if stream.write(text) < len(text):
                    stream.write(text[os.fstat(stream.fileno()).st_size - size :])  # it says what is wrong
                os.fsync(stream.fileno())
            except OSError as error:
                stream.truncate(size)
                error.filename = error.filename or str(self._path)
                raise

    def mend(self) -> None:
        """Set aside what cannot be read, from its first line on: the lines before it are a journal."""
        with get_lock_file(self._own_lock):
            content = self._path.read_bytes()
            whole = _readable(content)
            if whole == len(content):
                return
            aside = self._path.with_name(f"{self._path.name}.torn")
            aside.write_bytes(content[whole:])
            os.truncate(self._path, whole)
        logger.warning("%s: its last %d bytes cannot be read; set aside as %s, the study goes on without them",
                       self._path, len(content) - whole, aside.name)  # fmt: skip


def _readable(content: bytes) -> int:
    """Return how many bytes at the beginning are whole entries, a line each."""
    size = 0
    for line in content.splitlines(keepends=True):
        if not line.endswith(b"\n") or not _is_entry(line):
            break
        size += len(line)
    return size


def _is_entry(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
