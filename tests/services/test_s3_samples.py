"""What who gives a drawing away may rely on where samples go to S3: none is lost while the store is away."""

import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from benchmarks.service import running_service
from src.common.errors import WorkError
from src.data.corpora.given_drawing import GivenDrawing, drawing_content
from src.prediction.model_file import RELEASED
from src.serving.store.quota import Amount, Quota, StoreFullError
from src.serving.store.uploads import Outbox
from tests.free_port import free_port
from tests.given_drawings import sample
from tests.services.s3 import Endpoint, point_at
from tests.services.sample_outbox import GIVEN, IDENTITY, KEY, waiting_in
from tests.serving.givers import give_until_killed


def _stored(s3: Endpoint, bucket: str) -> set[str]:
    return {Path(key).stem for key in s3.objects(bucket)}


def test_a_sample_waits_on_disk_until_it_is_sent(outbox: Outbox, s3: Endpoint) -> None:
    assert outbox.keep(GIVEN) == IDENTITY
    assert [path.stem for path in waiting_in(outbox)] == [IDENTITY]
    outbox.send_all()
    assert s3.objects(outbox.bucket.name) == {KEY: drawing_content(GIVEN)}
    assert not waiting_in(outbox)


def test_what_is_there_is_not_overwritten(outbox: Outbox, s3: Endpoint) -> None:
    s3.client().put_object(Bucket=outbox.bucket.name, Key=KEY, Body=b"first")
    outbox.keep(GIVEN)
    outbox.send_all()
    assert s3.objects(outbox.bucket.name) == {KEY: b"first"}
    assert not waiting_in(outbox)


def test_while_the_store_is_away_samples_wait_and_arrive_later(
    outbox: Outbox, s3: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    point_at(f"http://127.0.0.1:{free_port()}", s3, monkeypatch)
    away = Outbox(outbox.folder, f"s3://{outbox.bucket.name}/pysar")
    away.keep(GIVEN)
    with pytest.raises(WorkError, match="away or refuses"):
        away.send_all()
    assert len(waiting_in(away)) == 1
    outbox.send_all()
    assert list(s3.objects(outbox.bucket.name)) == [KEY]


def test_what_waits_has_a_quota(outbox: Outbox, s3: Endpoint) -> None:
    limited = Outbox(outbox.folder, f"s3://{outbox.bucket.name}/pysar", Quota(outbox.folder, Amount(2, 10**9)))
    assert limited.keep(GIVEN) == IDENTITY
    limited.keep(GivenDrawing.model_validate(sample(writer="writer-0002")))
    assert limited.keep(GIVEN) == IDENTITY
    with pytest.raises(StoreFullError):
        limited.keep(GivenDrawing.model_validate(sample(writer="writer-0003")))
    assert len(waiting_in(outbox)) == 2


def test_what_is_no_sample_does_not_keep_others_from_being_sent(outbox: Outbox, s3: Endpoint) -> None:
    outbox.keep(GIVEN)
    for name in ("notes.json", f"{'0' * 64}.json"):
        (outbox.folder / "new" / name).write_bytes(b"{")
    outbox.send_all()
    assert KEY in s3.objects(outbox.bucket.name)
    assert [path.name for path in waiting_in(outbox)] == ["notes.json"]


def test_an_upload_that_met_another_is_tried_again(outbox: Outbox, s3: Endpoint) -> None:
    """AWS answers 409 where something else happens to the key at that moment; nothing of ours is there then."""
    outbox.keep(GIVEN)
    conflict = ClientError({"Error": {"Code": "ConditionalRequestConflict"}}, "PutObject")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox.bucket._s3, "put_object", lambda **_: (_ for _ in ()).throw(conflict))
        with pytest.raises(WorkError):
            outbox.send_all()
    assert len(waiting_in(outbox)) == 1
    outbox.send_all()
    assert list(s3.objects(outbox.bucket.name)) == [KEY]


@pytest.mark.parametrize("away", [True, False])
def test_a_kill_loses_nothing_that_was_acknowledged(
    workspace: Path, s3: Endpoint, bucket: str, monkeypatch: pytest.MonkeyPatch, away: bool
) -> None:
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", f"s3://{bucket}/pysar")
    point_at(f"http://127.0.0.1:{free_port()}" if away else s3.url, s3, monkeypatch)
    with running_service(workspace, ["--model", str(RELEASED)]) as service:
        acknowledged = give_until_killed(service, 0, 60)
    assert not away or not s3.objects(bucket)
    point_at(s3.url, s3, monkeypatch)
    with running_service(workspace, ["--model", str(RELEASED)]):
        for _ in range(600):
            if acknowledged.keys() <= _stored(s3, bucket):
                break
            time.sleep(0.1)
    stored = {Path(key).stem: GivenDrawing.model_validate_json(content) for key, content in s3.objects(bucket).items()}
    assert {identity: stored[identity] for identity in acknowledged} == acknowledged
