"""What MLflow is to be told, in order: what it does not take now is kept, and told again after an epoch or at the end.

So a database that another process has locked for a minute, or a server that restarts, costs no point of a curve.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from src.tracking.store_address import hide_login, short_reason

if TYPE_CHECKING:
    from src.tracking.mlflow_records import Record

logger = logging.getLogger(__name__)

Call = Callable[["Record"], None]

_ARTIFACT_CLIENTS = {"boto3", "botocore"}
"""Packages whose errors say that the place for artifacts is away, not MLflow itself."""
_PAUSE_FACTOR = 4
"""So many times as long as a try in vain took is the pause after it, and twice that after the next."""
_LONGEST_PAUSE_SECONDS = 600.0
_BETWEEN_LAST_TRIES_SECONDS = 0.5


class Message(NamedTuple):
    """What is done with the record of a run.

    file: What it reads; without that, nothing is told.
    is_artifact: Whether it is put where artifacts lie.
    """

    call: Call
    file: Path | None = None
    is_artifact: bool = False


class Outbox:
    """Calls for the record of one run, which is begun when MLflow answers first."""

    def __init__(self, uri: str, begin: Callable[[], "Record"]) -> None:
        self.record: Record | None = None
        self._uri, self._begin = uri, begin
        self._waiting: deque[Message] = deque()
        self._refusals: set[str] = set()
        self._artifacts_are_away = False
        self._error: Exception | None = None
        self._vain = 0
        self._not_before = 0.0

    def put(self, message: Message) -> None:
        """Tell MLflow this and what it has not taken before, unless a try has just been in vain."""
        self._waiting.append(message)
        if time.monotonic() >= self._not_before:
            self.deliver()

    def deliver(self) -> bool:
        """Tell MLflow all that waits; return whether it took it. Warn once where it did not."""
        started = time.monotonic()
        try:
            if self.record is None:
                self.record = self._begin()
            while self._waiting:
                self._tell(self.record, self._waiting[0])
                self._waiting.popleft()
        except Exception as error:  # noqa: BLE001 - the training must not fail because of its records
            if self._error is None:
                self._warn_away(error)
            self._error = error
            pause = (time.monotonic() - started) * _PAUSE_FACTOR * 2**self._vain
            self._not_before = time.monotonic() + min(pause, _LONGEST_PAUSE_SECONDS)
            self._vain += 1
            return False
        if self._error is not None:
            logger.info("MLflow at %s is back, and has taken what was kept for it", self._address)
        self._error, self._vain = None, 0
        return True

    def put_last(self, message: Message, patience_seconds: float) -> None:
        """Tell MLflow this after all that waits, for the last time; where its database is locked, wait so long."""
        self._waiting.append(message)
        until = time.monotonic() + patience_seconds
        while not self.deliver() and _is_locked(self._error) and time.monotonic() < until:
            time.sleep(_BETWEEN_LAST_TRIES_SECONDS)
        if self._error is not None and self.record is not None:
            logger.info(
                "MLflow at %s is still away: run %s has not got %d records, its end among them",
                self._address, self.record.run_id, len(self._waiting),
            )  # fmt: skip

    @property
    def _address(self) -> str:
        return hide_login(self._uri, self._uri)

    def _tell(self, record: "Record", message: Message) -> None:
        """Do what was asked for, if it can be done at all.

        Raises:
            Exception: MLflow is away, in whatever words: the same may be taken later.
        """
        call, file, is_artifact = message
        if is_artifact and self._artifacts_are_away:
            return
        if file is not None and not file.exists():
            self._refuse(f"{file}: no such file")
            return
        try:
            call(record)
        except Exception as error:
            if getattr(error, "error_code", None) == "INVALID_PARAMETER_VALUE":
                self._refuse(short_reason(error, self._uri))
            elif is_artifact and _is_of_artifacts(error):
                self._go_on_without_artifacts(error)
            else:
                raise

    def _refuse(self, reason: str) -> None:
        if reason not in self._refusals:  # once, not once an epoch
            self._refusals.add(reason)
            logger.warning("MLflow did not take one record (%s); the rest is still recorded", reason)

    def _go_on_without_artifacts(self, error: Exception) -> None:
        self._artifacts_are_away = True
        logger.warning(
            "MLflow's place for artifacts is away (%s): the run goes on without them, their files stay on disk",
            short_reason(error, self._uri),
        )

    def _warn_away(self, error: Exception) -> None:
        logger.warning(
            "MLflow at %s is away (%s): training goes on untracked, its curves are kept on disk; "
            "what was not taken is told again after an epoch, and at the end",
            self._address, short_reason(error, self._uri),
        )  # fmt: skip


def now_in_milliseconds() -> int:
    """Return the time as MLflow counts it, since 1970."""
    return time.time_ns() // 1_000_000


def _is_of_artifacts(error: Exception) -> bool:
    """Say whether the place for artifacts is away, and not MLflow itself: a client of S3 fails, or a full disk."""
    return isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _ARTIFACT_CLIENTS


def _is_locked(error: Exception | None) -> bool:
    return "locked" in str(error)
