"""What an operator may rely on from `make deploy-env`: new accounts, for the owner's eyes, never overwritten."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import deploy.make_env
from deploy.accounts import make_secrets
from deploy.env_file import merge_settings, read_settings
from deploy.make_env import PLACE, SECRETS, main, make_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(deploy.make_env, "PLACE", tmp_path / ".env")
    monkeypatch.setattr(deploy.make_env, "SECRETS", tmp_path / "secrets")
    return tmp_path / ".env"


@pytest.fixture(params=[0o000, 0o022, 0o027, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def _passwords(files: dict[str, str]) -> set[str]:
    return set(re.findall(r"\b[0-9a-f]{20,}\b", "".join(files.values())))


def test_each_password_is_long_and_new_each_time() -> None:
    first, second = _passwords(make_secrets()), _passwords(make_secrets())
    assert len(first) == len(second) == 9  # three passwords, and three accounts of the store with an id and a secret
    assert not first & second


@pytest.mark.usefixtures("umask")
def test_only_the_owner_gets_at_the_accounts_and_a_container_s_user_reads_what_is_mounted(place: Path) -> None:
    assert main([]) == 0
    folder = place.with_name("secrets")
    assert place.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in folder.iterdir()} == make_secrets().keys()
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}
    assert sorted(path.name for path in place.parent.iterdir()) == [".env", "secrets"]


def test_the_file_holds_every_setting(place: Path) -> None:
    assert main(["--host", "letters.example.org"]) == 0
    assert read_settings(place) == make_settings("letters.example.org")


def test_what_is_in_use_is_not_overwritten(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert main([]) == 0
    before = {path: path.read_bytes() for path in place.parent.rglob("*") if path.is_file()}
    for gone in ([], [place]):
        for path in gone:
            path.unlink()
            before.pop(path)
        assert main([]) == 2
        assert {path: path.read_bytes() for path in place.parent.rglob("*") if path.is_file()} == before
        assert str(place.with_name("secrets")) in caplog.messages[-1]


def test_what_the_operator_has_added_and_the_images_stay(place: Path) -> None:
    place.write_text("# mine\nPYSAR_RATE=5r/s\nNGINX_IMAGE=nginx:1@sha256:0\n")
    assert main([]) == 0
    assert place.read_text("utf-8").startswith("# mine\nPYSAR_RATE=5r/s\nNGINX_IMAGE=nginx:1@sha256:0\nPYSAR_HOSTS=")


def test_a_folder_that_cannot_be_written_is_named_in_a_line(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    place.with_name("secrets.part").write_text("a file of that name")
    assert main([]) == 1
    assert "secrets.part" in caplog.messages[-1]
    assert caplog.messages[-1].count("\n") == 0
    assert not place.exists()


def test_a_setting_is_replaced_where_it_stands_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    merge_settings(path, {"A": "1", "B": "x=y"})
    merge_settings(path, {"A": "2"})
    assert read_settings(path) == {"A": "2", "B": "x=y"}
    assert path.read_text("utf-8").startswith("# Made by")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "host", ["https://letters.example.org", "letters.example.org:8080", "a b", "a/b", "", "a\nB=1", "*"]
)
def test_what_is_no_host_is_refused(place: Path, host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["--host", host])
    assert refused.value.code == 2
    assert "is no host's name" in capsys.readouterr().err
    assert list(place.parent.iterdir()) == []


def test_without_a_host_only_this_machine_gets_in_and_with_one_its_name_is_allowed() -> None:
    assert make_settings(None)["PYSAR_PUBLISH"].startswith("127.0.0.1:")
    assert make_settings(None)["MLFLOW_ALLOWED_ORIGINS"] == make_settings(None)["PYSAR_HOSTS"] == ""
    named = make_settings("letters.example.org")
    assert named["PYSAR_PUBLISH"].startswith("0.0.0.0:")
    assert named["PYSAR_HOSTS"] == "letters.example.org"
    assert "letters.example.org:*" in named["MLFLOW_ALLOWED_HOSTS"].split(",")
    assert "https://letters.example.org:*" in named["MLFLOW_ALLOWED_ORIGINS"].split(",")
    assert "*" not in named["MLFLOW_ALLOWED_HOSTS"].split(",")


@pytest.mark.parametrize("path", [PLACE, SECRETS / "s3_setup", SECRETS.with_name("secrets.part") / "s3_setup"])
def test_git_does_not_take_it(path: Path) -> None:
    done = subprocess.run(["git", "check-ignore", str(path)], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("module", ["deploy.make_env", "deploy.pin_images"])
def test_a_python_without_packages_runs_it(module: str) -> None:
    command = [sys.executable, "-S", "-c", f"import {module}"]
    subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
