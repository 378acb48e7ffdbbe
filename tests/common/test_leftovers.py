"""What a person may rely on: a killed command leaves nothing for ever, and who still writes is not disturbed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from src.common.leftovers import remove_leftovers

ROOT = Path(__file__).parents[2]
WRITE = """
import sys, time
from pathlib import Path
from src.common.files import replace_file, replace_folder
with replace_folder(Path("data/raw/rukopys")) as folder, replace_file(Path("data/interim/collected.parquet")) as file:
    (folder / "a.png").write_bytes(b"a picture")
    file.write_bytes(b"drawings of people")
    print("written", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def writing(tmp_path: Path) -> "subprocess.Popen[str]":
    """A command amid its work."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITE], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    return process


def _files(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


def test_only_what_a_killed_command_left_is_removed(tmp_path: Path, writing: "subprocess.Popen[str]") -> None:
    others = [tmp_path / name for name in ("data/.gitkeep", "data/.a.tmp", "data/.a.b.tmp", "models/a.1.tmp")]
    for path in others:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    before = _files(tmp_path)
    remove_leftovers(tmp_path)
    assert _files(tmp_path) == before
    assert len(before) == len(others) + 2
    writing.kill()
    writing.communicate()
    remove_leftovers(tmp_path)
    assert _files(tmp_path) == sorted(path.name for path in others)
    assert not list((tmp_path / "data/raw").iterdir())


def test_a_number_that_another_process_has_by_now_keeps_nothing(tmp_path: Path) -> None:
    left = tmp_path / f"reports/evaluate/.metrics.json.{os.getpid()}.tmp"
    left.parent.mkdir(parents=True)
    left.touch()
    remove_leftovers(tmp_path)
    assert left.exists()
    os.utime(left, (0, 0))  # long before this process began
    remove_leftovers(tmp_path)
    assert not left.exists()
