"""What who gives a drawing away may rely on: it is whole or not there, and no killed write leaves a part of it."""

import subprocess
import sys
from pathlib import Path

import pytest

from src.serving.store.drawing_store import DrawingStore
from src.serving.store.durable import remove, remove_leftovers, write_once

IDENTITY = "0" * 64
WRITE = """
import os, sys, time
from pathlib import Path
from src.serving.store import durable
def stop(descriptor):
    print("written", flush=True)
    time.sleep(600)
durable.os.fsync = stop
durable.write_once(Path(sys.argv[1]), b"a drawing")
"""
"""A write that stops before its file has its name."""


def test_a_file_is_written_whole_and_never_again(tmp_path: Path) -> None:
    path = tmp_path / "зразки/new" / f"{IDENTITY}.json"
    write_once(path, b"first")
    write_once(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(path.parent.iterdir()) == [path]
    remove(path)
    assert not path.exists()


@pytest.fixture
def writing(tmp_path: Path) -> "subprocess.Popen[str]":
    """A process that writes a sample and does not come to its end."""
    (tmp_path / "new").mkdir()
    command = [sys.executable, "-c", WRITE, str(tmp_path / f"new/{IDENTITY}.json")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    return process


def test_only_what_a_killed_write_left_is_removed(tmp_path: Path, writing: "subprocess.Popen[str]") -> None:
    store = DrawingStore(tmp_path)
    store.tidy()
    assert len(list((tmp_path / "new").glob("*.tmp"))) == 1
    writing.kill()
    writing.communicate()
    store.tidy()
    assert not list((tmp_path / "new").iterdir())


def test_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    others = [tmp_path / "new" / name for name in ("notes.tmp", f"{IDENTITY}.json", f"{IDENTITY}x.tmp")]
    for path in others:
        path.touch()
    remove_leftovers(tmp_path)
    assert sorted((tmp_path / "new").iterdir()) == sorted(others)


def test_a_write_whose_file_was_taken_for_a_leftover_is_tried_again(tmp_path: Path) -> None:
    taken: list[Path] = []

    def take_first(source: Path, target: Path) -> None:
        if not taken:
            taken.append(source)
            source.unlink()
        source.rename(target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("src.serving.store.durable.os.link", take_first)
        write_once(tmp_path / f"new/{IDENTITY}.json", b"a drawing")
    assert taken
    assert (tmp_path / f"new/{IDENTITY}.json").read_bytes() == b"a drawing"
