"""What who gives a drawing away may rely on where samples go to S3: none is lost while the store is away."""

import hashlib
import time
from pathlib import Path

import httpx
import pytest
from botocore.exceptions import ClientError

from benchmarks.service import running_service
from src.common.errors import WorkError
from src.data.corpora.given_drawing import GivenDrawing, drawing_content
from src.prediction.model_file import RELEASED
from src.serving.store.quota import Amount, Quota, StoreFullError
from src.serving.store.uploads import Outbox
from tests.free_port import free_port
from tests.given_drawings import WRITER, sample
from tests.services.s3 import REGION, Endpoint
from tests.serving.givers import give_until_killed

GIVEN = GivenDrawing.model_validate(sample())
IDENTITY = hashlib.sha256(drawing_content(GIVEN)).hexdigest()
KEY = f"pysar/new/{IDENTITY}.json"


@pytest.fixture
def outbox(workspace: Path, s3: Endpoint, bucket: str, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    """Given drawings on their way to a bucket."""
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
    assert s3.objects(outbox.bucket.name) == {KEY: drawing_content(GIVEN)}
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
    s3.client().put_object(Bucket=outbox.bucket.name, Key=KEY, Body=drawing_content(GIVEN))  # it was on its way
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
    assert [outbox.delete(IDENTITY, writer) for writer in ("another-writer", WRITER, WRITER)] == [False, True, True]
    outbox.send_all()
    assert not s3.objects(outbox.bucket.name)
    assert not _waiting(outbox)


def _files(outbox: Outbox) -> list[Path]:
    return [path for path in outbox.folder.rglob("*") if path.is_file()]


def test_made_up_ids_make_no_files_and_ask_nothing(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    outbox.tidy()
    before = _files(outbox)
    monkeypatch.setattr(outbox.bucket, "_s3", None)
    assert not any(outbox.delete(f"{number:064x}", WRITER) for number in range(100))
    assert not any(outbox.delete(IDENTITY, f"another-writer-{number}") for number in range(100))
    assert _files(outbox) == before


def test_while_the_store_is_away_made_up_ids_make_no_files(
    outbox: Outbox, s3: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    _point_at(f"http://127.0.0.1:{free_port()}", s3, monkeypatch)
    away = Outbox(outbox.folder, f"s3://{outbox.bucket.name}/pysar")
    with pytest.raises(WorkError):
        away._work()
    for number in range(10):
        with pytest.raises(WorkError, match="not known yet"):
            away.delete(f"{number:064x}", WRITER)
    assert not _files(outbox)


def test_what_was_sent_is_deleted_though_the_store_is_away(
    outbox: Outbox, s3: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    _point_at(f"http://127.0.0.1:{free_port()}", s3, monkeypatch)
    later = Outbox(outbox.folder, f"s3://{outbox.bucket.name}/pysar")
    assert not later.delete(IDENTITY, "another-writer")
    assert later.delete(IDENTITY, WRITER)
    with pytest.raises(WorkError):
        later.send_all()
    outbox.send_all()
    assert not s3.objects(outbox.bucket.name)
    assert not _files(outbox)


def test_what_another_service_sent_is_deleted_for_its_writer_only(outbox: Outbox, s3: Endpoint) -> None:
    for folder in ("new", "accepted"):
        s3.client().put_object(
            Bucket=outbox.bucket.name, Key=f"pysar/{folder}/{IDENTITY}.json", Body=drawing_content(GIVEN)
        )
    outbox.tidy()
    assert not outbox.delete(IDENTITY, "another-writer")
    assert outbox.delete(IDENTITY, WRITER)
    assert not s3.objects(outbox.bucket.name)


def test_a_bucket_that_is_missing_forgets_no_deletion(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    s3.client().delete_object(Bucket=outbox.bucket.name, Key=KEY)
    s3.client().delete_bucket(Bucket=outbox.bucket.name)
    assert outbox.delete(IDENTITY, WRITER)
    for _ in range(2):
        with pytest.raises(WorkError, match="NoSuchBucket"):
            outbox.send_all()
    s3.client().create_bucket(Bucket=outbox.bucket.name)  # as it was before somebody moved it
    s3.client().put_object(Bucket=outbox.bucket.name, Key=KEY, Body=drawing_content(GIVEN))
    outbox.send_all()
    assert not s3.objects(outbox.bucket.name)


def test_a_receipt_goes_with_its_sample(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    outbox.tidy()
    assert len(_files(outbox)) == 1
    s3.client().delete_object(Bucket=outbox.bucket.name, Key=KEY)  # by a reviewer
    outbox.tidy()
    assert not _files(outbox)


def test_a_sample_given_again_amid_its_deletion_is_kept(outbox: Outbox, s3: Endpoint) -> None:
    """It is given in the moment when its note is being worked on."""
    outbox.keep(GIVEN)
    outbox.send_all()
    outbox.delete(IDENTITY, WRITER)
    real = outbox.bucket.delete

    def give_again(identity: str, writer: str | None = None) -> bool:
        outbox.keep(GIVEN)
        return real(identity, writer)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox.bucket, "delete", give_again)
        outbox.send_all()
    outbox.send_all()
    assert list(s3.objects(outbox.bucket.name)) == [KEY]


def test_what_waits_has_a_quota(outbox: Outbox, s3: Endpoint) -> None:
    limited = Outbox(outbox.folder, f"s3://{outbox.bucket.name}/pysar", Quota(outbox.folder, Amount(2, 10**9)))
    assert limited.keep(GIVEN) == IDENTITY
    limited.keep(GivenDrawing.model_validate(sample(writer="writer-0002")))
    assert limited.keep(GIVEN) == IDENTITY
    with pytest.raises(StoreFullError):
        limited.keep(GivenDrawing.model_validate(sample(writer="writer-0003")))
    assert len(_waiting(outbox)) == 2


def test_what_is_no_sample_does_not_keep_others_from_being_sent(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    for name in ("notes.json", f"{'0' * 64}.json"):
        (outbox.folder / "new" / name).write_bytes(b"{")
    outbox.send_all()
    assert KEY in s3.objects(outbox.bucket.name)
    assert [path.name for path in _waiting(outbox)] == ["notes.json"]


def test_a_made_up_id_is_not_there_whether_the_store_answers_or_not(
    workspace: Path, s3: Endpoint, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", f"s3://{bucket}/pysar")
    for url, status in ((s3.url, 404), (f"http://127.0.0.1:{free_port()}", 503)):
        _point_at(url, s3, monkeypatch)
        with running_service(workspace, ["--model", str(RELEASED)]) as service:
            for number in range(5):
                path = f"{service.address}/samples/{number:064x}"
                assert httpx.delete(path, params={"writer": WRITER}, timeout=60).status_code == status
        assert not list((workspace / ".pysar/samples").rglob("*.json"))


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
    stored = {Path(key).stem: GivenDrawing.model_validate_json(content) for key, content in s3.objects(bucket).items()}
    assert {identity: stored[identity] for identity in acknowledged} == acknowledged
