"""What who gives a drawing away may rely on where samples go to S3: none is lost while the store is away."""

import hashlib
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from benchmarks.service import running_service
from src.data.collected_sample import Sample, sample_content
from src.errors import WorkError
from src.prediction.model_file import RELEASED
from src.serving.uploads import Outbox
from tests.free_port import free_port
from tests.given_samples import WRITER, sample
from tests.services.s3 import REGION, Endpoint
from tests.serving.givers import give_until_killed

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


def _stored(s3: Endpoint, bucket: str) -> set[str]:
    return {Path(key).stem for key in s3.objects(bucket)}


def _waiting(outbox: Outbox) -> list[Path]:
    return list(outbox.folder.rglob("*.json"))


def test_a_sample_waits_on_disk_until_it_is_sent(outbox: Outbox, s3: Endpoint) -> None:
    assert outbox.keep(GIVEN) == IDENTITY
    assert [path.stem for path in _waiting(outbox)] == [IDENTITY]
    outbox.send_all()
    assert s3.objects(outbox.bucket.name) == {KEY: sample_content(GIVEN)}
    assert not _waiting(outbox)


def test_what_is_there_is_not_overwritten(outbox: Outbox, s3: Endpoint) -> None:
    s3.client().put_object(Bucket=outbox.bucket.name, Key=KEY, Body=b"first")
    outbox.keep(GIVEN)
    outbox.send_all()
    assert s3.objects(outbox.bucket.name) == {KEY: b"first"}
    assert not _waiting(outbox)


def test_while_the_store_is_away_samples_wait_and_arrive_later(
    outbox: Outbox, s3: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    _point_at(f"http://127.0.0.1:{free_port()}", s3, monkeypatch)
    away = Outbox(outbox.folder, f"s3://{outbox.bucket.name}/pysar")
    away.keep(GIVEN)
    with pytest.raises(WorkError, match="away or refuses"):
        away.send_all()
    assert len(_waiting(away)) == 1
    outbox.send_all()
    assert list(s3.objects(outbox.bucket.name)) == [KEY]


def test_a_sample_that_was_sent_is_deleted_for_its_writer_only(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    outbox.delete(IDENTITY, "another-writer")
    outbox.send_all()
    assert list(s3.objects(outbox.bucket.name)) == [KEY]
    outbox.delete(IDENTITY, WRITER)
    outbox.send_all()
    assert not s3.objects(outbox.bucket.name)
    assert not _waiting(outbox)


def test_a_sample_that_waits_is_deleted_before_it_is_sent(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    assert outbox.delete(IDENTITY, WRITER)
    outbox.send_all()
    assert not s3.objects(outbox.bucket.name)


def test_a_sample_that_is_deleted_while_it_is_sent_is_deleted_there_too(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    path = outbox.find(IDENTITY)
    assert path is not None
    outbox.delete(IDENTITY, WRITER)
    s3.client().put_object(Bucket=outbox.bucket.name, Key=KEY, Body=sample_content(GIVEN))  # it was on its way
    outbox.send_all()
    assert not s3.objects(outbox.bucket.name)


def test_a_sample_that_is_given_again_after_its_deletion_is_kept(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    outbox.delete(IDENTITY, WRITER)
    assert outbox.keep(GIVEN) == IDENTITY
    outbox.send_all()
    assert list(s3.objects(outbox.bucket.name)) == [KEY]


def test_a_sample_is_deleted_for_its_writer_whoever_else_asked_before(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    for writer in ("another-writer", WRITER, WRITER):
        assert outbox.delete(IDENTITY, writer)
    outbox.send_all()
    assert not s3.objects(outbox.bucket.name)
    assert not _waiting(outbox)


def test_an_upload_that_met_another_is_tried_again(outbox: Outbox, s3: Endpoint) -> None:
    """AWS answers 409 where something else happens to the key at that moment; nothing of ours is there then."""
    outbox.keep(GIVEN)
    conflict = ClientError({"Error": {"Code": "ConditionalRequestConflict"}}, "PutObject")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox.bucket._s3, "put_object", lambda **_: (_ for _ in ()).throw(conflict))
        with pytest.raises(WorkError):
            outbox.send_all()
    assert len(_waiting(outbox)) == 1
    outbox.send_all()
    assert list(s3.objects(outbox.bucket.name)) == [KEY]


@pytest.mark.parametrize("away", [True, False])
def test_a_kill_loses_nothing_that_was_acknowledged(
    workspace: Path, s3: Endpoint, bucket: str, monkeypatch: pytest.MonkeyPatch, away: bool
) -> None:
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", f"s3://{bucket}/pysar")
    _point_at(f"http://127.0.0.1:{free_port()}" if away else s3.url, s3, monkeypatch)
    with running_service(workspace, ["--model", str(RELEASED)]) as service:
        acknowledged = give_until_killed(service, 0, 60)
    assert not away or not s3.objects(bucket)
    _point_at(s3.url, s3, monkeypatch)
    with running_service(workspace, ["--model", str(RELEASED)]):
        for _ in range(600):
            if acknowledged.keys() <= _stored(s3, bucket):
                break
            time.sleep(0.1)
    stored = {Path(key).stem: Sample.model_validate_json(content) for key, content in s3.objects(bucket).items()}
    assert {identity: stored[identity] for identity in acknowledged} == acknowledged
