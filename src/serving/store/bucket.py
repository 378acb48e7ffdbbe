"""Given drawings in an S3 bucket, in the folders that a store on disk has, too: for the outbox and for a reviewer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from src.common.errors import InputError, WorkError
from src.data.corpora.given_drawing import GivenDrawing, parse_given
from src.serving.settings import S3
from src.serving.store.drawing_store import FOLDERS, IDENTITY, NEW, NoSuchDrawingError, writer_of

_THERE_ALREADY, _GONE = "PreconditionFailed", "NoSuchKey"
"""What S3 says; of a bucket that is missing it says something else, where it is not asked by HEAD."""
_SUFFIX = ".json"


class Bucket:
    """Every method raises WorkError where the bucket is away or refuses.

    Args:
        address: s3://bucket/prefix; boto3's own variables say where S3 is and who asks.

    Raises:
        InputError: These variables, or the files that they name, cannot be used.
    """

    def __init__(self, address: str) -> None:
        self.name, _, prefix = address.removeprefix(S3).partition("/")
        self._prefix = f"{prefix.rstrip('/')}/" if prefix else ""
        settings = Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 1})
        try:
            self._s3: Any = boto3.client("s3", config=settings)
        except (BotoCoreError, ValueError) as error:
            raise InputError(f"{address}: S3 cannot be asked ({error}); correct the variables AWS_…") from None

    def put(self, identity: str, content: bytes) -> None:
        """Put a sample where samples wait; one that is there is left as it is."""
        with self._told():
            try:
                self._s3.put_object(**self._at(NEW, identity), Body=content, IfNoneMatch="*")
            except ClientError as error:
                if error.response["Error"]["Code"] != _THERE_ALREADY:
                    raise

    def waiting(self) -> list[str]:
        """Return the ids of samples that nobody has reviewed, oldest first; or what else objects there are called."""
        entries = sorted(self._entries(NEW), key=lambda entry: entry["LastModified"])
        return [_name(entry) for entry in entries if entry["Key"].endswith(_SUFFIX)]

    def identities(self) -> frozenset[str]:
        """Return the ids of all samples."""
        names = (_name(entry) for folder in FOLDERS for entry in self._entries(folder))
        return frozenset(name for name in names if IDENTITY.fullmatch(name))

    def read(self, identity: str) -> GivenDrawing:
        """Return a sample that waits.

        Raises:
            NoSuchDrawingError: There is none any more.
            InputError: It is none.
        """
        where = f"{S3}{self.name}/{self._key(NEW, identity)}"
        if not IDENTITY.fullmatch(identity):
            raise InputError(f"{where}: no sample (its name is no id); delete it")
        content = self._content(NEW, identity)
        if content is None:
            raise NoSuchDrawingError(identity)
        return parse_given(content, where)

    def move(self, identity: str, folder: str) -> None:
        """Put a sample into another of the folders.

        Raises:
            NoSuchDrawingError: There is none, or its writer has just taken it back.
        """
        before = [each for each in FOLDERS if self._content(each, identity) is not None]
        if not before:
            raise NoSuchDrawingError(identity)
        with self._told():
            if folder not in before:
                self._copy(identity, before[0], folder)
            for other in before:
                if other != folder:
                    self._s3.delete_object(**self._at(other, identity))

    def delete(self, identity: str, writer: str | None = None) -> bool:
        """Delete a sample, of this writer where one is named, wherever it lies, and say whether there was one."""
        found = self._delete_once(identity, writer)
        # A reviewer may have moved it behind the back of the first look.
        return self._delete_once(identity, writer) or found

    def _delete_once(self, identity: str, writer: str | None) -> bool:
        found = False
        for folder in FOLDERS:
            content = self._content(folder, identity)
            if content is not None and (writer is None or writer == writer_of(content)):
                with self._told():
                    self._s3.delete_object(**self._at(folder, identity))
                found = True
        return found

    def _copy(self, identity: str, before: str, after: str) -> None:
        try:
            self._s3.copy_object(**self._at(after, identity), CopySource=self._at(before, identity))
        except ClientError as error:
            if error.response["Error"]["Code"] == _GONE:
                raise NoSuchDrawingError(identity) from None
            raise

    def _entries(self, folder: str) -> list[dict[str, Any]]:
        """Return what objects a folder has."""
        with self._told():
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.name, Prefix=f"{self._prefix}{folder}/"
            )
            return [entry for page in pages for entry in page.get("Contents", [])]

    def _content(self, folder: str, identity: str) -> bytes | None:
        """Return the bytes of a sample; None where it is not in a folder."""
        if not IDENTITY.fullmatch(identity):
            return None
        with self._told():
            try:
                return bytes(self._s3.get_object(**self._at(folder, identity))["Body"].read())
            except ClientError as error:
                if error.response["Error"]["Code"] == _GONE:
                    return None
                raise

    def _at(self, folder: str, identity: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": self._key(folder, identity)}

    def _key(self, folder: str, identity: str) -> str:
        return f"{self._prefix}{folder}/{identity}{_SUFFIX}"

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise WorkError(f"{S3}{self.name}: away or refuses ({error})") from error


def _name(entry: dict[str, Any]) -> str:
    return str(entry["Key"]).rpartition("/")[2].removesuffix(_SUFFIX)
