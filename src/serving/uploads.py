"""Samples on their way to S3: kept on disk first, sent when the store answers, and deleted there when asked."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from src.serving.sample_store import ACCEPTED, NEW, REJECTED, SampleStore, write_once
from src.serving.settings import S3

SPOOL = Path(".pysar/samples")
"""Where samples wait that are not sent yet."""
DELETED = "deleted"
"""Folder of the spool with samples that are to be deleted in S3: `<id>.json` with the writer."""
_SECONDS, _LONGEST = 2.0, 60.0
_THERE_ALREADY, _GONE = {"PreconditionFailed", "ConditionalRequestConflict"}, {"NoSuchKey", "404"}

logger = logging.getLogger(__name__)


class Outbox(SampleStore):
    """A store whose samples are sent to a bucket; deletion of what was sent is noted, and done when the bucket answers.

    Args:
        folder: Spool on disk.
        address: s3://bucket/prefix; boto3's own variables say where S3 is and who asks.
    """

    def __init__(self, folder: Path, address: str) -> None:
        super().__init__(folder)
        self.bucket, _, prefix = address.removeprefix(S3).partition("/")
        self.prefix = f"{prefix.rstrip('/')}/" if prefix else ""
        settings = Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 1})
        self._s3: Any = boto3.client("s3", config=settings)

    def delete(self, identity: str, writer: str | None = None) -> bool:
        """Delete a sample that waits, or note that it is to be deleted in the bucket."""
        if not super().delete(identity, writer):
            write_once(self.folder / DELETED / f"{identity}.json", json.dumps({"writer": writer}).encode())
        return True

    async def send(self) -> None:
        """Send what waits again and again; while the bucket is away, ever more seldom."""
        pause = _SECONDS
        while True:
            try:
                await asyncio.to_thread(self.send_all)
                pause = _SECONDS
            except (BotoCoreError, ClientError) as error:
                logger.warning("s3://%s: away or refuses (%s); samples wait in %s", self.bucket, error, self.folder)
                pause = min(2 * pause, _LONGEST)
            await asyncio.sleep(pause)

    def send_all(self) -> None:
        """Send each sample that waits and delete it here; then delete in the bucket what is to be.

        Raises:
            BotoCoreError, ClientError: The bucket is away or refuses.
        """
        for path in sorted((self.folder / NEW).glob("*.json")):
            self._put(path)
            path.unlink(missing_ok=True)
        for path in sorted((self.folder / DELETED).glob("*.json")):
            self._delete(path)
            path.unlink()

    def _put(self, path: Path) -> None:
        try:
            key = f"{self.prefix}{NEW}/{path.name}"
            self._s3.put_object(Bucket=self.bucket, Key=key, Body=path.read_bytes(), IfNoneMatch="*")
        except ClientError as error:
            if error.response["Error"]["Code"] not in _THERE_ALREADY:
                raise

    def _delete(self, path: Path) -> None:
        writer = json.loads(path.read_text("utf-8"))["writer"]
        for key in self._keys_of(path.name):
            sample = json.load(self._s3.get_object(Bucket=self.bucket, Key=key)["Body"])
            if writer in {None, sample["writer"]}:
                self._s3.delete_object(Bucket=self.bucket, Key=key)

    def _keys_of(self, name: str) -> list[str]:
        """Return where a sample lies: a review may have moved it."""
        found = []
        for folder in (NEW, ACCEPTED, REJECTED):
            key = f"{self.prefix}{folder}/{name}"
            try:
                self._s3.head_object(Bucket=self.bucket, Key=key)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _GONE:
                    raise
            else:
                found.append(key)
        return found
