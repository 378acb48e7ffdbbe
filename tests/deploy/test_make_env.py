"""What an operator may rely on from `make deploy-env`: new passwords, for the owner's eyes, never overwritten."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import deploy.make_env
from deploy.make_env import PLACE, SECRETS, main, make_settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(deploy.make_env, "PLACE", tmp_path / ".env")
    return tmp_path / ".env"


def test_each_password_is_long_and_new_each_time() -> None:
    first, second = make_settings(None), make_settings(None)
    found = [settings[name] for settings in (first, second) for name in SECRETS]
    assert len(set(found)) == 2 * len(SECRETS)
    assert all(re.fullmatch("[0-9a-f]{20,}", value) for value in found)


def test_the_file_is_for_its_owner_alone_and_holds_every_setting(place: Path) -> None:
    assert main([]) == 0
    assert place.stat().st_mode & 0o777 == 0o600
    lines = [line for line in place.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert [line.partition("=")[0] for line in lines] == list(make_settings(None))


def test_a_file_that_is_there_is_not_overwritten(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    place.write_text("POSTGRES_PASSWORD=in-use\n")
    assert main([]) == 2
    assert place.read_text() == "POSTGRES_PASSWORD=in-use\n"
    assert str(place) in caplog.messages[-1]


def test_without_a_host_only_this_machine_gets_in_and_with_one_its_name_is_allowed() -> None:
    assert make_settings(None)["PYSAR_PUBLISH"].startswith("127.0.0.1:")
    assert make_settings(None)["MLFLOW_ALLOWED_ORIGINS"] == ""
    named = make_settings("letters.example.org")
    assert named["PYSAR_PUBLISH"].startswith("0.0.0.0:")
    assert "letters.example.org:*" in named["MLFLOW_ALLOWED_HOSTS"].split(",")
    assert "https://letters.example.org:*" in named["MLFLOW_ALLOWED_ORIGINS"].split(",")
    assert "*" not in named["MLFLOW_ALLOWED_HOSTS"].split(",")


def test_git_does_not_take_it() -> None:
    done = subprocess.run(["git", "check-ignore", str(PLACE)], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0


def test_a_python_without_packages_runs_it() -> None:
    command = [sys.executable, "-S", "-m", "deploy.make_env", "--help"]
    assert "--host" in subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
