"""Samples in an S3 bucket, in the folders that a store on disk has too: for the service's outbox and for a reviewer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from src.data.collected_sample import Sample, parse_sample
from src.errors import WorkError
from src.serving.sample_store import FOLDERS, IDENTITY, NEW, no_such_sample
from src.serving.settings import S3

_THERE_ALREADY, _GONE = "PreconditionFailed", {"NoSuchKey", "404"}


class Bucket:
    """Every method raises WorkError where the bucket is away or refuses.

    Args:
        address: s3://bucket/prefix; boto3's own variables say where S3 is and who asks.
    """

    def __init__(self, address: str) -> None:
        self.name, _, prefix = address.removeprefix(S3).partition("/")
        self._prefix = f"{prefix.rstrip('/')}/" if prefix else ""
        settings = Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 1})
        self._s3: Any = boto3.client("s3", config=settings)

    def put(self, identity: str, content: bytes) -> None:
        """Put a sample where samples wait; one that is there is left as it is."""
        with self._told():
            try:
                self._s3.put_object(**self._at(NEW, identity), Body=content, IfNoneMatch="*")
            except ClientError as error:
                if error.response["Error"]["Code"] != _THERE_ALREADY:
                    raise

    def waiting(self) -> Iterator[tuple[str, Sample]]:
        """Yield id and content of each sample that nobody has reviewed, oldest first.

        Raises:
            InputError: One of them is no sample.
        """
        with self._told():
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=f"{self._prefix}{NEW}/")
            entries = [entry for page in pages for entry in page.get("Contents", [])]
        for entry in sorted(entries, key=lambda entry: entry["LastModified"]):
            identity = entry["Key"].rpartition("/")[2].removesuffix(".json")
            if IDENTITY.fullmatch(identity):
                yield identity, self._read(entry["Key"])

    def move(self, identity: str, folder: str) -> None:
        """Put a sample into another of the folders.

        Raises:
            InputError: There is no such sample.
        """
        with self._told():
            before = self._folders_of(identity)
            if not before:
                raise no_such_sample(identity)
            if folder not in before:
                self._s3.copy_object(**self._at(folder, identity), CopySource=self._at(before[0], identity))
            for other in before:
                if other != folder:
                    self._s3.delete_object(**self._at(other, identity))

    def delete(self, identity: str, writer: str | None = None) -> bool:
        """Delete a sample, of this writer where one is named, wherever it lies, and say whether there was one."""
        with self._told():
            found = False
            for folder in self._folders_of(identity):
                place = self._at(folder, identity)
                if writer in {None, json.load(self._s3.get_object(**place)["Body"])["writer"]}:
                    self._s3.delete_object(**place)
                    found = True
        return found

    def _at(self, folder: str, identity: str) -> dict[str, str]:
        return {"Bucket": self.name, "Key": f"{self._prefix}{folder}/{identity}.json"}

    def _read(self, key: str) -> Sample:
        with self._told():
            content = self._s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        return parse_sample(content, f"{S3}{self.name}/{key}")

    def _folders_of(self, identity: str) -> list[str]:
        """Return where a sample lies."""
        return [folder for folder in FOLDERS if IDENTITY.fullmatch(identity) and self._is_in(folder, identity)]

    def _is_in(self, folder: str, identity: str) -> bool:
        try:
            self._s3.head_object(**self._at(folder, identity))
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return False
            raise
        return True

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise WorkError(f"{S3}{self.name}: away or refuses ({error})") from error
