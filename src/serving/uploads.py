"""Samples on their way to S3: kept on disk first, sent when the store answers, and deleted there when asked."""

import asyncio
import contextlib
import json
import logging
from pathlib import Path

from src.data.collected_sample import Sample
from src.serving.bucket import Bucket
from src.serving.sample_store import NEW, SampleStore, write_once

SPOOL = Path(".pysar/samples")
"""Where samples wait that are not sent yet."""
DELETED = "deleted"
"""Folder of the spool with samples that are to be deleted in S3: `<id>.<writer>.json`."""
_SECONDS, _LONGEST = 2.0, 60.0

logger = logging.getLogger(__name__)


class Outbox(SampleStore):
    """A store whose samples are sent to a bucket; deletion of what was sent is noted, and done when the bucket answers.

    Args:
        folder: Spool on disk.
        address: s3://bucket/prefix; boto3's own variables say where S3 is and who asks.
    """

    def __init__(self, folder: Path, address: str) -> None:
        super().__init__(folder)
        self.bucket = Bucket(address)

    def keep(self, sample: Sample) -> str:
        """Write a sample, also one that was deleted before and is given again."""
        identity = super().keep(sample)
        for writer in (sample.writer, None):
            self._note(identity, writer).unlink(missing_ok=True)
        return identity

    def delete(self, identity: str, writer: str | None = None) -> bool:
        """Delete a sample that waits, and note that it is to be deleted in the bucket: it may be on its way."""
        super().delete(identity, writer)
        write_once(self._note(identity, writer), json.dumps({"writer": writer}).encode())
        return True

    def _note(self, identity: str, writer: str | None) -> Path:
        return self.folder / DELETED / f"{identity}.{writer or ''}.json"

    async def send(self) -> None:
        """Send what waits again and again; while the bucket is away, ever more seldom."""
        pause = _SECONDS
        while True:
            try:
                await asyncio.to_thread(self.send_all)
                pause = _SECONDS
            except Exception as error:  # noqa: BLE001 - whatever it is, samples wait and are tried again
                logger.warning("%s; samples wait in %s", error, self.folder)
                pause = min(2 * pause, _LONGEST)
            await asyncio.sleep(pause)

    def send_all(self) -> None:
        """Send each sample that waits and delete it here; then delete in the bucket what is to be.

        Raises:
            WorkError: The bucket is away or refuses.
        """
        for path in sorted((self.folder / NEW).glob("*.json")):
            with contextlib.suppress(FileNotFoundError):  # deleted a moment ago
                self.bucket.put(path.stem, path.read_bytes())
                path.unlink()
        for path in sorted((self.folder / DELETED).glob("*.json")):
            with contextlib.suppress(FileNotFoundError):  # given again a moment ago
                identity, _, _ = path.name.partition(".")
                self.bucket.delete(identity, json.loads(path.read_text("utf-8"))["writer"])
                path.unlink()
