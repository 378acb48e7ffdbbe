import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from ruamel.yaml.error import YAMLError

from src.workspace.repository import ask_dvc
from src.workspace.torn import _is_whole_lock, set_torn_aside
from tests.tracking.tracked import one_warning

LOCK = """schema: '2.0'
stages:
  prepare_collected:
    cmd: python -m src.data.prepare_collected
    deps:
    - path: data/collected/accepted
      hash: md5
      md5: d751713988987e9331980363e24189ce.dir
      size: 0
      nfiles: 0
    params:
      params.yaml:
        network.side: 28
    outs:
    - path: data/interim/collected.parquet
      hash: md5
      md5: 03166d67d564dcd8d4808a68e890838d
      size: 3587
    - path: reports/prepare_collected/sheet.png
      hash: md5
      md5: cdcf986e41fdfed8a69da4403026cfcc
      size: 4849
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository in which DVC has run a stage."""
    (tmp_path / "dvc.yaml").write_text("stages:\n  make:\n    cmd: echo made > made\n    outs: [made]\n")
    for command in (["git", "init", "--quiet"], [sys.executable, "-m", "dvc", "init", "--quiet"]):
        subprocess.run(command, cwd=tmp_path, check=True)
    ask_dvc(["repro"], tmp_path)
    return tmp_path


@pytest.mark.parametrize("torn", ["", '{"write": {}, "re'])
def test_a_torn_list_of_readers_is_set_aside_and_dvc_goes_on(
    root: Path, torn: str, caplog: pytest.LogCaptureFixture
) -> None:
    (root / ".dvc/tmp/rwlock").write_text(torn)
    stuck = subprocess.run([sys.executable, "-m", "dvc", "repro"], cwd=root, capture_output=True, check=False)
    assert stuck.returncode
    assert "up to date" in ask_dvc(["repro"], root)
    assert "rwlock.torn" in one_warning(caplog)
    assert (root / ".dvc/tmp/rwlock.torn").read_text() == torn


def test_a_lock_is_torn_wherever_it_is_cut_but_behind_an_output() -> None:
    whole = [size for size in range(len(LOCK)) if _is_whole(LOCK[:size])]
    assert [LOCK[:size].splitlines()[-1].strip() for size in whole] == ["size: 3587"]
    assert _is_whole(LOCK)


def _is_whole(text: str) -> bool:
    try:
        return _is_whole_lock(text)
    except (ValueError, YAMLError):
        return False


@pytest.mark.parametrize("size", [0, 75])
def test_a_torn_dvc_lock_is_set_aside_and_made_anew(root: Path, size: int, caplog: pytest.LogCaptureFixture) -> None:
    whole = (root / "dvc.lock").read_bytes()
    (root / "dvc.lock").write_bytes(whole[:size] + b"\xff" * (size > 0))
    ask_dvc(["repro"], root)
    assert (root / "dvc.lock").read_bytes() == whole
    assert "dvc.lock.torn" in one_warning(caplog)


def test_what_a_living_dvc_writes_is_left_alone(root: Path) -> None:
    (root / ".dvc/tmp/rwlock").write_text("{")
    (root / "dvc.lock").write_text("{")
    with FileLock(root / ".dvc/tmp/rwlock.lock"), FileLock(root / ".dvc/tmp/lock"):
        set_torn_aside(root)
    assert (root / ".dvc/tmp/rwlock").read_text() == (root / "dvc.lock").read_text() == "{"


def test_where_dvc_has_not_run_nothing_is_done(tmp_path: Path) -> None:
    set_torn_aside(tmp_path)
    assert list(tmp_path.iterdir()) == []
