"""What an operator may rely on: what is wrong with the way to S3 is told in one line before the service starts."""

from pathlib import Path

import boto3
import pytest

from src.common.errors import InputError
from src.serving.store.bucket import Bucket


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_ENDPOINT_URL_S3", "localhost:9000"),
        ("AWS_PROFILE", "nobody"),
        ("AWS_CONFIG_FILE", "torn"),
        ("AWS_DEFAULT_REGION", "no region"),
    ],
)
def test_variables_that_cannot_be_used_are_told_of(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "torn").write_text("[default\nx")
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv(variable, value)
    with pytest.raises(InputError, match="s3://samples/x: S3 cannot be asked"):
        Bucket("s3://samples/x")
