"""Given drawings on their way to S3: kept on disk first, sent when the store answers, and deleted there when asked."""

import asyncio
import contextlib
import logging
import time
from pathlib import Path
from threading import Event, Lock

from src.common.errors import WorkError
from src.data.corpora.given_drawing import GivenDrawing
from src.serving.store.bucket import Bucket
from src.serving.store.drawing_store import IDENTITY, NEW, TIDY_SECONDS, DrawingStore, is_of, writer_of
from src.serving.store.durable import remove, write_once
from src.serving.store.quota import Amount, Quota

SPOOL = Path(".pysar/samples")
"""Where samples wait that are not sent yet."""
DELETED = "deleted"
"""Folder of the spool with samples that are to be deleted in S3: `<id>.<writer>.json`."""
SENT = "sent"
"""Folder of the spool with a file for each sample that was sent, which holds its writer: only these can be deleted."""
_SECONDS, _LONGEST = 2.0, 60.0
_LOOK_SECONDS = 5.0
"""So long the first look into the bucket is waited for."""

logger = logging.getLogger(__name__)


class Outbox(DrawingStore):
    """A store whose samples are sent to a bucket; deletion of what was sent is noted, and done when the bucket answers.

    What it has no receipt of is deleted where the bucket lists it: it was sent before there were receipts, or by
    another service.

    Args:
        folder: Spool on disk.
        address: s3://bucket/prefix; boto3's own variables say where S3 is and who asks.
        quota: What may be in the spool, receipts of what was sent among it.
    """

    def __init__(self, folder: Path, address: str, quota: Quota | None = None) -> None:
        super().__init__(folder, quota)
        self.bucket = Bucket(address)
        self._listed: frozenset[str] | None = None
        self._looked = Event()
        self._tidied = -TIDY_SECONDS
        # Who holds it leaves no sample with a note that is older.
        self._lock = Lock()

    def keep(self, sample: GivenDrawing) -> str:
        """Write a sample, also one that was deleted before and is given again."""
        with self._lock:
            identity = super().keep(sample)
            notes = [self._note(identity, writer) for writer in (sample.writer, None)]
            for note in notes:
                if note.exists():
                    remove(note)
        return identity

    def delete(self, identity: str, writer: str | None = None) -> bool:
        """Delete a sample that waits, and note that it is to be deleted in the bucket where it was sent, or may be.

        Raises:
            WorkError: Whether the bucket has it cannot be told now.
            OSError: The note cannot be written.
        """
        if not IDENTITY.fullmatch(identity):
            return False
        with self._lock:
            known = self._is_of(identity, writer)
            if known:
                write_once(self._note(identity, writer), b"")
                super().delete(identity, writer)
        return self._delete_there(identity, writer) if known is None else known

    def _is_of(self, identity: str, writer: str | None) -> bool | None:
        """Say whether a sample that waits or was sent is this writer's; None where there is none."""
        if (path := self.find(identity)) is not None:
            return is_of(path, writer)
        try:
            sent_by = self._receipt(identity).read_text("ascii")
        except FileNotFoundError:
            return None
        return writer in {None, sent_by}

    def _delete_there(self, identity: str, writer: str | None) -> bool:
        """Delete a sample that only the bucket knows, which is not asked about what it has not."""
        self._looked.wait(_LOOK_SECONDS)
        if self._listed is None:
            raise WorkError(f"{self.bucket.name}: what it has is not known yet")
        return identity in self._listed and self.bucket.delete(identity, writer)

    def _note(self, identity: str, writer: str | None) -> Path:
        return self.folder / DELETED / f"{identity}.{writer or ''}.json"

    def _receipt(self, identity: str) -> Path:
        return self.folder / SENT / identity

    async def send(self) -> None:
        """Send what waits again and again; while the bucket is away, ever more seldom."""
        pause = _SECONDS
        while True:
            try:
                await asyncio.to_thread(self._work)
                pause = _SECONDS
            except Exception as error:  # noqa: BLE001 - whatever it is, samples wait and are tried again
                logger.warning("%s; samples wait in %s", error, self.folder)
                pause = min(2 * pause, _LONGEST)
            await asyncio.sleep(pause)

    def _work(self) -> None:
        try:
            if time.monotonic() >= self._tidied + TIDY_SECONDS:
                self.tidy()
                self._tidied = time.monotonic()
        finally:
            self.send_all()

    def tidy(self) -> None:
        """Remove leftovers, look what the bucket has, and remove receipts of what it no longer has.

        Raises:
            WorkError: The bucket is away or refuses.
        """
        super().tidy()
        before = time.time()
        try:
            self._listed = self.bucket.identities()
        finally:
            self._looked.set()
        for receipt in (self.folder / SENT).glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if receipt.name not in self._listed and receipt.stat().st_mtime < before:
                    self._remove(receipt)

    def send_all(self) -> None:
        """Send each sample that waits and delete it here; then delete in the bucket what is to be.

        Raises:
            WorkError: The bucket is away or refuses.
        """
        for path in self._files(NEW):
            with contextlib.suppress(FileNotFoundError):  # deleted a moment ago
                self._send(path)
        for note in self._files(DELETED):
            with contextlib.suppress(FileNotFoundError):  # given again a moment ago
                identity, writer, _ = note.name.split(".")
                self.bucket.delete(identity, writer or None)
                self._receipt(identity).unlink(missing_ok=True)
                self._remove(note)

    def _send(self, path: Path) -> None:
        content = path.read_bytes()
        self.bucket.put(path.stem, content)
        # Of a damaged one nobody's: then only a reviewer can delete it.
        receipt = (writer_of(content) or "").encode()
        write_once(self._receipt(path.stem), receipt)
        path.unlink()
        if self._quota:
            self._quota.free(Amount(0, len(content) - len(receipt)))

    def _files(self, folder: str) -> list[Path]:
        with self._lock:
            paths = sorted((self.folder / folder).glob("*.json"))
        return [path for path in paths if IDENTITY.fullmatch(path.name.partition(".")[0])]
