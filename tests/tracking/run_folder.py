"""A folder in which a run begins: its git, its tags, and what is warned of."""

import os
import subprocess
from pathlib import Path

import pytest

from src.tracking import lineage
from src.tracking.run_origin import find_origin
from src.tracking.run_tags import run_tags
from src.workspace import stage_hashes

REPOSITORY = Path(__file__).parents[2]
PAGE = ("mlflow.", "lineage.", "dvc.repro")


def tags_of(stage: str) -> dict[str, str]:
    """Return a run's tags but those that every run has."""
    return {name: value for name, value in run_tags(find_origin(stage)).items() if not name.startswith(PAGE)}


def fresh_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder the working one, in a process that has told nothing yet."""
    for name in [name for name in os.environ if name.startswith(("DVC_", "GIT_"))]:
        monkeypatch.delenv(name)
    lineage._warn_of_git.cache_clear()
    stage_hashes._warn.cache_clear()
    monkeypatch.chdir(folder)
    return folder


def run(*command: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "DVC_NO_ANALYTICS": "1"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def commit() -> str:
    run("git", "init", "--quiet")
    run("git", "add", ".")
    run("git", "-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "--quiet", "-m", "x", "--allow-empty")
    return run("git", "rev-parse", "HEAD")


def warned(caplog: pytest.LogCaptureFixture) -> str:
    told = [
        record.getMessage()
        for record in caplog.records
        if record.name in {"src.tracking.lineage", "src.workspace.stage_hashes"}
    ]
    assert len(told) == 1
    assert "\n" not in told[0]
    return told[0]
