"""What a reviewer may rely on where samples are in S3: each is shown there, and goes where the reviewer says."""

from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from src.commands.review import main
from src.data.corpora.given_drawing import GivenDrawing
from src.serving.store.bucket import Bucket
from src.serving.store.uploads import Outbox
from tests.free_port import free_port
from tests.given_drawings import sample
from tests.services.s3 import REGION, Endpoint


@pytest.fixture
def identities(workspace: Path, s3: Endpoint, bucket: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of three samples that wait in a bucket, oldest first."""
    address = f"s3://{bucket}/pysar"
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", address)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.secret_access_key)
    outbox = Outbox(workspace / "spool", address)
    given = []
    for writer in ("writer-0001", "writer-0002", "writer-0003"):
        given.append(outbox.keep(GivenDrawing.model_validate(sample(writer=writer))))
        outbox.send_all()
    return given


def _review(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=said)


def _counts(s3: Endpoint, bucket: str) -> Counter[str]:
    return Counter(key.split("/")[1] for key in s3.objects(bucket))


def test_each_is_shown_and_goes_where_the_reviewer_says(identities: list[str], s3: Endpoint, bucket: str) -> None:
    before = set(s3.objects(bucket).values())
    result = _review(said="a\nr\ns\n")
    assert result.exit_code == 0, result.output
    assert result.stdout.count("answered к, said to be ж (lower)") == 3
    assert _counts(s3, bucket) == {"accepted": 1, "rejected": 1, "new": 1}
    assert set(s3.objects(bucket).values()) == before


def test_samples_can_be_named_also_those_that_were_reviewed(identities: list[str], s3: Endpoint, bucket: str) -> None:
    first, second, third = identities
    assert _review("--accept", first, "--reject", second, "--delete", third).exit_code == 0
    assert _counts(s3, bucket) == {"accepted": 1, "rejected": 1}
    assert _review("--reject", first, "--accept", second, "--accept", second).exit_code == 0
    assert f"pysar/rejected/{first}.json" in s3.objects(bucket)
    assert _review("--delete", first, "--delete", second).exit_code == 0
    assert not s3.objects(bucket)


def test_the_list_asks_nothing_and_moves_nothing(identities: list[str], s3: Endpoint, bucket: str) -> None:
    listed = _review("--list").stdout
    assert [line for line in listed.splitlines() if line in identities] != []
    assert listed.count("said to be") == 3
    assert _counts(s3, bucket) == {"new": 3}


@pytest.mark.parametrize("option", ["--accept", "--reject", "--delete"])
@pytest.mark.parametrize("identity", ["0" * 64, "../new", ""])
def test_an_id_that_is_unknown_is_named(identities: list[str], option: str, identity: str) -> None:
    result = _review(option, identity)
    assert result.exit_code == 2
    assert "no such sample" in result.stderr


def test_what_is_no_sample_is_named(identities: list[str], s3: Endpoint, bucket: str) -> None:
    s3.client().put_object(Bucket=bucket, Key=f"pysar/new/{'0' * 64}.json", Body=b"{}")
    result = _review("--list")
    assert result.exit_code == 2
    assert f"s3://{bucket}/pysar/new/{'0' * 64}.json: no sample" in result.stderr


def test_what_is_no_sample_does_not_end_the_review(identities: list[str], s3: Endpoint, bucket: str) -> None:
    s3.client().put_object(Bucket=bucket, Key=f"pysar/new/{'0' * 64}.json", Body=b"{}")
    s3.client().put_object(Bucket=bucket, Key="pysar/new/\x1b[2J.json", Body=b"{}")
    result = _review(said="a\na\na\n")
    assert result.exit_code == 2
    assert result.stdout.count("said to be") == 3
    assert "\x1b" not in result.output
    assert _counts(s3, bucket) == {"new": 2, "accepted": 3}


def test_a_sample_that_is_taken_back_meanwhile_does_not_end_the_review(
    identities: list[str], s3: Endpoint, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken back after the reviewer has answered, and in the moment before it is copied."""
    real = Bucket._copy

    def taken_back(self: Bucket, identity: str, before: str, after: str) -> None:
        if identity == identities[0]:
            self.delete(identity)
        real(self, identity, before, after)

    monkeypatch.setattr(Bucket, "_copy", taken_back)
    result = _review(said="a\na\na\n")
    assert result.exit_code == 0, result.output
    assert result.stdout.count("taken it back") == 1
    assert _counts(s3, bucket) == {"accepted": 2}


def test_a_bucket_that_is_missing_is_no_sample_that_is_missing(
    identities: list[str], bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", f"s3://{bucket}-other/pysar")
    for words in (["--list"], ["--delete", identities[0]], ["--accept", identities[0]]):
        result = _review(*words)
        assert result.exit_code == 1
        assert "NoSuchBucket" in result.stderr


def test_a_bucket_that_is_away_is_told_in_a_line(identities: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    result = _review("--list")
    assert result.exit_code == 1
    assert "away or refuses" in result.stderr
    assert result.stderr.count("\n") == 1
