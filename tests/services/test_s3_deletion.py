"""What who takes a drawing back may rely on where samples go to S3: it is gone, and nobody else's is."""

from pathlib import Path

import httpx
import pytest

from benchmarks.service import running_service
from src.common.errors import WorkError
from src.data.corpora.given_drawing import drawing_content
from src.prediction.model_file import RELEASED
from src.serving.store.uploads import Outbox
from tests.free_port import free_port
from tests.given_drawings import WRITER
from tests.services.s3 import Endpoint, point_at
from tests.services.sample_outbox import GIVEN, IDENTITY, KEY, files_of, waiting_in


def test_a_sample_that_was_sent_is_deleted_for_its_writer_only(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    outbox.delete(IDENTITY, "another-writer")
    outbox.send_all()
    assert list(s3.objects(outbox.bucket.name)) == [KEY]
    outbox.delete(IDENTITY, WRITER)
    outbox.send_all()
    assert not s3.objects(outbox.bucket.name)
    assert not waiting_in(outbox)


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
    assert not waiting_in(outbox)


def test_made_up_ids_make_no_files_and_ask_nothing(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    outbox.tidy()
    before = files_of(outbox)
    monkeypatch.setattr(outbox.bucket, "_s3", None)
    assert not any(outbox.delete(f"{number:064x}", WRITER) for number in range(100))
    assert not any(outbox.delete(IDENTITY, f"another-writer-{number}") for number in range(100))
    assert files_of(outbox) == before


def test_while_the_store_is_away_made_up_ids_make_no_files(
    outbox: Outbox, s3: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(f"http://127.0.0.1:{free_port()}", s3, monkeypatch)
    away = Outbox(outbox.folder, f"s3://{outbox.bucket.name}/pysar")
    with pytest.raises(WorkError):
        away._work()
    for number in range(10):
        with pytest.raises(WorkError, match="not known yet"):
            away.delete(f"{number:064x}", WRITER)
    assert not files_of(outbox)


def test_what_was_sent_is_deleted_though_the_store_is_away(
    outbox: Outbox, s3: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.keep(GIVEN)
    outbox.send_all()
    point_at(f"http://127.0.0.1:{free_port()}", s3, monkeypatch)
    later = Outbox(outbox.folder, f"s3://{outbox.bucket.name}/pysar")
    assert not later.delete(IDENTITY, "another-writer")
    assert later.delete(IDENTITY, WRITER)
    with pytest.raises(WorkError):
        later.send_all()
    outbox.send_all()
    assert not s3.objects(outbox.bucket.name)
    assert not files_of(outbox)


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
    assert len(files_of(outbox)) == 1
    s3.client().delete_object(Bucket=outbox.bucket.name, Key=KEY)  # by a reviewer
    outbox.tidy()
    assert not files_of(outbox)


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


def test_a_made_up_id_is_not_there_whether_the_store_answers_or_not(
    workspace: Path, s3: Endpoint, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", f"s3://{bucket}/pysar")
    for url, status in ((s3.url, 404), (f"http://127.0.0.1:{free_port()}", 503)):
        point_at(url, s3, monkeypatch)
        with running_service(workspace, ["--model", str(RELEASED)]) as service:
            for number in range(5):
                path = f"{service.address}/samples/{number:064x}"
                assert httpx.delete(path, params={"writer": WRITER}, timeout=60).status_code == status
        assert not list((workspace / ".pysar/samples").rglob("*.json"))
