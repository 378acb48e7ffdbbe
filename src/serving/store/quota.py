"""How much strangers may have kept: so many files, and so many bytes."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from src.common.errors import WorkError

_STALE_SECONDS, _AGAIN_SECONDS = 60.0, 1.0
"""So often files are counted, for others add and remove some, too; and while there is no room."""

logger = logging.getLogger(__name__)


class StoreFullError(WorkError):
    """There is no room for more."""


@dataclass(frozen=True)
class Amount:
    """So many files, of so many bytes."""

    count: int = 0
    size: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        """Return both together."""
        return Amount(self.count + other.count, self.size + other.size)

    def __sub__(self, other: "Amount") -> "Amount":
        """Return what is left without the other."""
        return Amount(self.count - other.count, self.size - other.size)

    def fits(self, most: "Amount") -> bool:
        """Say whether it is no more, of both."""
        return self.count <= most.count and self.size <= most.size


class Quota:
    """What may be in a folder and those below it; hidden files and those of writes under way do not count.

    Args:
        folder: It need not be there.
        most: Count and bytes.
    """

    def __init__(self, folder: Path, most: Amount) -> None:
        self.folder = folder
        self.most = most
        self._lock = Lock()
        self._there, self._coming = Amount(), Amount()
        self._counted = -_STALE_SECONDS
        self._full = False

    @contextmanager
    def room(self, size: int) -> Iterator[None]:
        """Hold room for a file of so many bytes while it is written.

        Raises:
            StoreFullError: There is none.
        """
        amount = Amount(1, size)
        self._take(amount)
        written = False
        try:
            yield
            written = True
        finally:
            with self._lock:
                self._coming -= amount
                if written:
                    self._there += amount

    def free(self, amount: Amount) -> None:
        """Take note that so much is gone."""
        with self._lock:
            self._there -= amount

    def _take(self, amount: Amount) -> None:
        with self._lock:
            if self._age() >= _STALE_SECONDS:
                self._count()
            if not self._fits(amount) and self._age() >= _AGAIN_SECONDS:
                self._count()
            if not self._fits(amount):
                self._tell()
                raise StoreFullError(
                    f"the store is full: {self.most.count:,} samples or {self.most.size:,} bytes at most"
                )
            self._full = False
            self._coming += amount

    def _fits(self, amount: Amount) -> bool:
        return (self._there + self._coming + amount).fits(self.most)

    def _age(self) -> float:
        return time.monotonic() - self._counted

    def _count(self) -> None:
        self._there = count_files(self.folder)
        self._counted = time.monotonic()

    def _tell(self) -> None:
        """Say once that it is full, and again after there was room."""
        if not self._full:
            reached = f"{self._there.count:,} files and {self._there.size:,} bytes"
            logger.warning("%s: full with %s; review and delete some, or raise PYSAR_SERVE_SAMPLES_COUNT and _BYTES",
                           self.folder, reached)  # fmt: skip
        self._full = True


def count_files(folder: Path) -> Amount:
    """Return how many files are in a folder and those below it, and how large they are."""
    amount = Amount()
    for parent, _, names in os.walk(folder):
        for name in names:
            if not name.startswith(".") and not name.endswith(".tmp"):
                amount += Amount(1, _size(Path(parent, name)))
    return amount


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # removed a moment ago
        return 0
