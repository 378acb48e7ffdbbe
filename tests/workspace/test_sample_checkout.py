"""What `make repro` falls back on: a copy that follows the checkout and leaves it alone."""

import shutil
import subprocess
from pathlib import Path

import pytest

from src.common.errors import WorkError
from src.config.params import load_params
from src.workspace.sample_checkout import FOLDER, copy_checkout
from tests.default_params import PARAMS

VALUES: dict[str, int | float | str] = {"data.source": "sample", "finetune.epochs": 3, "split.val_size": 0.15}


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@t")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "шлях з пробілом"
    (root / "src").mkdir(parents=True)
    shutil.copy(PARAMS, root / "params.yaml")
    (root / "src/code.py").write_bytes(b"one")
    (root / "dvc.lock").write_bytes(b"of the real data")
    (root / ".gitignore").write_text(f"/{FOLDER}/\n/.venv/\n/data/\n", encoding="utf-8")
    for made in (".venv", "data"):
        (root / made).mkdir()
        (root / made / "made").write_bytes(b"made")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=t")
    return root


def test_the_copy_has_the_checkout_as_it_stands_with_other_params_and_nothing_that_was_made(root: Path) -> None:
    (root / "src/code.py").write_bytes(b"changed")
    (root / "src/new.py").write_bytes(b"new")
    status = git(root, "status", "--porcelain")
    copy = copy_checkout(root, VALUES)
    assert git(root, "status", "--porcelain") == status
    assert (copy / "src/code.py").read_bytes() == b"changed"
    assert (copy / "src/new.py").read_bytes() == b"new"
    params = load_params(copy / "params.yaml")
    assert (params.data.source, params.finetune.epochs) == ("sample", 3)
    assert not (copy / "dvc.lock").exists()
    assert not (copy / "data").exists()
    assert git(copy, "status", "--porcelain") == ""
    assert git(copy, "rev-parse", "HEAD^") == git(root, "rev-parse", "HEAD")


def test_it_follows_the_checkout_and_keeps_what_was_made_in_it(root: Path) -> None:
    copy = copy_checkout(root, VALUES)
    (copy / "data").mkdir()
    (copy / "data/sample").write_bytes(b"drawn")
    (copy / "dvc.lock").write_bytes(b"of the sample")
    (root / "src/code.py").write_bytes(b"two")
    assert copy_checkout(root, VALUES) == copy
    assert (copy / "src/code.py").read_bytes() == b"two"
    assert (copy / "dvc.lock").read_bytes() == b"of the sample"
    assert (copy / "data/sample").read_bytes() == b"drawn"
    (root / "src/code.py").unlink()
    copy_checkout(root, VALUES)
    assert not (copy / "src/code.py").exists()


def test_the_environment_is_shared_and_as_old_as_its_lock(root: Path) -> None:
    copy = copy_checkout(root, VALUES)
    assert (copy / ".venv/made").samefile(root / ".venv/made")
    assert (copy / "src/code.py").stat().st_mtime_ns == (root / "src/code.py").stat().st_mtime_ns
    assert git(copy, "status", "--porcelain") == ""


def test_it_moves_with_the_checkout(root: Path, tmp_path: Path) -> None:
    copy_checkout(root, VALUES)
    moved = root.rename(tmp_path / "moved")
    assert (copy_checkout(moved, VALUES) / ".venv/made").is_file()
    assert git(moved / FOLDER, "log", "--format=%s").splitlines()[-1] == "t"


def test_without_git_the_reason_is_gits_own(root: Path) -> None:
    shutil.rmtree(root / ".git")
    with pytest.raises(WorkError, match=r"not a git repository|does not exist"):
        copy_checkout(root, VALUES)
    assert not (root / FOLDER).exists()
