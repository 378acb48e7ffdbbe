"""What an operator may rely on: a setting that is unknown or wrong is named before the service starts."""

import os
from pathlib import Path

import pytest

from src.common.errors import InputError
from src.serving.settings import PREFIX, Settings, drawing_folder, read_settings


@pytest.fixture(autouse=True)
def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def test_without_settings_the_defaults_hold() -> None:
    read = read_settings()
    assert (read.max_body_bytes, read.samples, read.origins) == (10_000_000, "data/collected", frozenset())


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSAR_SERVE_MAX_BODY_BYTES", "5000")
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", "s3://a/b")
    read = read_settings()
    assert (read.max_body_bytes, read.samples) == (5000, "s3://a/b")


def test_names_of_hosts_are_read_as_browsers_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSAR_SERVE_HOSTS", "Letters.example.org., pysar ,писар.укр")
    assert read_settings().hosts == {"letters.example.org", "pysar", "xn--80apugd.xn--j1amh"}
    monkeypatch.setenv("PYSAR_SERVE_HOSTS", "")
    assert read_settings().hosts == frozenset()


def test_samples_lie_in_the_repository_wherever_in_it_the_command_is_called(tmp_path: Path) -> None:
    inner = tmp_path / "notebooks"
    inner.mkdir()
    assert drawing_folder(Settings(), inner) == inner / "data/collected"
    for name in ("dvc.yaml", "params.yaml"):
        (tmp_path / name).touch()
    assert drawing_folder(Settings(), inner) == tmp_path / "data/collected"
    assert drawing_folder(Settings(samples="/elsewhere"), inner) == Path("/elsewhere")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYSAR_SERVE_MAX_BODY", "5000"),
        ("PYSAR_SERVE_BODY_SECONDS", "inf"),
        ("PYSAR_SERVE_MAX_BODY_BYTES", "many"),
        ("PYSAR_SERVE_BODY_SECONDS", "0"),
        ("PYSAR_SERVE_SAMPLES_COUNT", "0"),
        ("PYSAR_SERVE_SAMPLES", "S3://bucket/prefix"),
        ("PYSAR_SERVE_SAMPLES", "gs://bucket"),
        ("PYSAR_SERVE_SAMPLES", "file:///data"),
        ("PYSAR_SERVE_SAMPLES", "s3://"),
        ("PYSAR_SERVE_SAMPLES", "s3:///prefix"),
        ("PYSAR_SERVE_SAMPLES", "~/samples"),
        ("PYSAR_SERVE_HOSTS", "https://letters.example.org"),
        ("PYSAR_SERVE_HOSTS", "letters.example.org:8080"),
        ("PYSAR_SERVE_HOSTS", "*"),
    ],
)
def test_a_setting_that_is_unknown_or_wrong_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=rf"^{name}: .*; correct it or unset it$"):
        read_settings()
