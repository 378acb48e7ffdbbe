"""What who gives a drawing away may rely on where samples go to S3: none is lost while the store is away."""

import hashlib
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError

from src.serving.sample_store import Sample, sample_content
from src.serving.uploads import Outbox
from tests.free_port import free_port
from tests.services.s3 import REGION, Endpoint
from tests.serving.test_samples import WRITER, sample

GIVEN = Sample.model_validate(sample())
IDENTITY = hashlib.sha256(sample_content(GIVEN)).hexdigest()
KEY = f"pysar/new/{IDENTITY}.json"


@pytest.fixture
def outbox(workspace: Path, s3: Endpoint, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """Samples on their way to a bucket."""
    _point_at(s3.url, s3, monkeypatch)
    return Outbox(workspace / "spool", f"s3://{bucket}/pysar")


def _point_at(url: str, s3: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.secret_access_key)


def _waiting(outbox: Outbox) -> list[Path]:
    return list(outbox.folder.rglob("*.json"))


def test_a_sample_waits_on_disk_until_it_is_sent(outbox: Outbox, s3: Endpoint) -> None:
    assert outbox.keep(GIVEN) == IDENTITY
    assert [path.stem for path in _waiting(outbox)] == [IDENTITY]
    outbox.send_all()
    assert s3.objects(outbox.bucket) == {KEY: sample_content(GIVEN)}
    assert not _waiting(outbox)


def test_what_is_there_is_not_overwritten(outbox: Outbox, s3: Endpoint) -> None:
    s3.client().put_object(Bucket=outbox.bucket, Key=KEY, Body=b"first")
    outbox.keep(GIVEN)
    outbox.send_all()
    assert s3.objects(outbox.bucket) == {KEY: b"first"}
    assert not _waiting(outbox)


def test_while_the_store_is_away_samples_wait_and_arrive_later(
    outbox: Outbox, s3: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    _point_at(f"http://127.0.0.1:{free_port()}", s3, monkeypatch)
    away = Outbox(outbox.folder, f"s3://{outbox.bucket}/pysar")
    away.keep(GIVEN)
    with pytest.raises(BotoCoreError):
        away.send_all()
    assert len(_waiting(away)) == 1
    outbox.send_all()
    assert list(s3.objects(outbox.bucket)) == [KEY]


def test_a_sample_that_was_sent_is_deleted_for_its_writer_only(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    outbox.delete(IDENTITY, "another-writer")
    outbox.send_all()
    assert list(s3.objects(outbox.bucket)) == [KEY]
    outbox.delete(IDENTITY, WRITER)
    outbox.send_all()
    assert not s3.objects(outbox.bucket)
    assert not _waiting(outbox)


def test_a_sample_that_waits_is_deleted_before_it_is_sent(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    assert outbox.delete(IDENTITY, WRITER)
    outbox.send_all()
    assert not s3.objects(outbox.bucket)
