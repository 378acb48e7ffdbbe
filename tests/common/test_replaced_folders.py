import os
from pathlib import Path

import pytest

from src.common.files import replace_folder
from tests.interruption import InterruptionError, names, start_and_kill


def test_a_process_killed_while_it_fills_a_folder_leaves_the_old_folder(tmp_path: Path) -> None:
    path = tmp_path / "glyphs"
    path.mkdir()
    (path / "old.png").write_bytes(b"old")
    script = """
import sys, time
from pathlib import Path
from src.common.files import replace_folder
with replace_folder(Path(sys.argv[1])) as temporary:
    (temporary / "new.png").write_bytes(b"half")
    print("half", flush=True)
    time.sleep(60)
"""
    start_and_kill(script, path)
    assert names(path) == ["old.png"]


def test_a_process_killed_while_the_old_folder_goes_leaves_the_whole_new_one(tmp_path: Path) -> None:
    path = tmp_path / "glyphs"
    path.mkdir()
    (path / "old.png").write_bytes(b"old")
    script = """
import shutil, sys, time
from pathlib import Path
from src.common.files import replace_folder
def stuck(*_, **__):
    print("half", flush=True)
    time.sleep(60)
with replace_folder(Path(sys.argv[1])) as temporary:
    (temporary / "new.png").write_bytes(b"new")
    shutil.rmtree = stuck
"""
    start_and_kill(script, path)
    assert names(path) == ["new.png"]


def test_a_folder_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "glyphs"
    for content in ("a", "b"):
        with replace_folder(path) as temporary:
            assert names(temporary) == []
            (temporary / f"{content}.png").write_text(content, encoding="utf-8")
    assert names(path) == ["b.png"]
    assert names(tmp_path) == ["glyphs"]


def test_a_failure_keeps_the_old_folder_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "glyphs"
    with replace_folder(path) as temporary:
        (temporary / "old.png").write_bytes(b"old")
    with pytest.raises(InterruptionError), replace_folder(path) as temporary:
        (temporary / "new.png").write_bytes(b"new")
        raise InterruptionError
    assert names(path) == ["old.png"]
    assert names(tmp_path) == ["glyphs"]


def test_a_full_disk_keeps_the_old_folder(tmp_path: Path) -> None:
    path = tmp_path / "glyphs"
    with replace_folder(path) as temporary:
        (temporary / "old.png").write_bytes(b"old")
    with pytest.raises(OSError, match="No space left") as caught, replace_folder(path) as temporary:
        (temporary / "new.png").symlink_to("/dev/full")
        (temporary / "new.png").write_bytes(b"new")
    assert caught.value.filename == str(path)
    assert names(path) == ["old.png"]


def test_a_folder_replaces_a_link_without_touching_what_it_leads_to(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "kept.png").write_bytes(b"kept")
    path = tmp_path / "glyphs"
    path.symlink_to(cache)
    with replace_folder(path) as temporary:
        (temporary / "new.png").write_bytes(b"new")
    assert names(path) == ["new.png"]
    assert names(cache) == ["kept.png"]
    assert names(tmp_path) == ["cache", "glyphs"]


def test_leftovers_of_a_killed_process_do_not_get_into_a_folder(tmp_path: Path) -> None:
    leftover = tmp_path / f".glyphs.{os.getpid()}.tmp"
    leftover.mkdir()
    (leftover / "half.png").write_bytes(b"half")
    with replace_folder(tmp_path / "glyphs") as temporary:
        (temporary / "new.png").write_bytes(b"new")
    assert names(tmp_path / "glyphs") == ["new.png"]
