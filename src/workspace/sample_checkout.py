"""A copy of the checkout beside itself, with other params: no file of the checkout, its git or its DVC changes."""

import filecmp
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from src.common.errors import WorkError
from src.common.files import replace_folder, write_text
from src.common.git import GitError, ask_git
from src.config.apply_params import replace_values
from src.config.params import PARAMS_FILE
from src.workspace.repository import environment

FOLDER = Path("sample")
_LINKED = (".venv", ".poetry")
"""Environments that the copy shares; git would take the links for new files."""
_LOCK = "dvc.lock"
"""What DVC writes: the copy has its own."""


def copy_checkout(root: Path, values: Mapping[str, int | float | str]) -> Path:
    """Make the folder `sample`, or bring it up to date with the checkout, and return it.

    It is a clone, so that runs in it have a history, with all that git tracks or would track as it stands in the
    checkout, other params, and a commit of that. What has been made in it stays.

    Args:
        root: The repository.
        values: New values of params, by place (`data.source`).

    Raises:
        WorkError: git refuses.
    """
    target = root / FOLDER
    if not (target / ".git").is_dir():
        with replace_folder(target) as fresh:
            _git(root, "clone", "--quiet", "--no-checkout", str(root), str(fresh))
            (fresh / ".git/info/exclude").write_text("".join(f"/{name}\n" for name in _LINKED), encoding="utf-8")
    wanted = _listed(root, "--cached", "--others", "--exclude-standard")
    for name in wanted:
        _copy(root / name, target / name)
    for name in _listed(target, "--cached") - wanted:
        (target / name).unlink(missing_ok=True)
    write_text(target / PARAMS_FILE, replace_values((root / PARAMS_FILE).read_bytes().decode("utf-8"), values))
    for name in _LINKED:
        if (root / name).exists() and not os.path.lexists(target / name):
            (target / name).symlink_to(Path("..", name))
    _commit(target)
    return target


def _listed(folder: Path, *options: str) -> set[str]:
    """Return the files that git names; those which DVC writes, and those deleted from disk, are left out."""
    names = _git(folder, "ls-files", "-z", *options).split("\0")
    return {name for name in names if name and Path(name).name != _LOCK and os.path.lexists(folder / name)}


def _copy(source: Path, target: Path) -> None:
    """Copy a file with its date, by which `make` sees that the environment is up to date."""
    if source.is_dir() and not source.is_symlink():  # a repository in the repository
        return
    if target.is_file() and not target.is_symlink() and filecmp.cmp(source, target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def _commit(folder: Path) -> None:
    _git(folder, "add", "--all")
    if _git(folder, "status", "--porcelain"):
        message = "Run on the embedded sample, in short"
        _git(folder, "-c", "commit.gpgsign=false", "commit", "--quiet", "--no-verify", "--message", message)


def _git(folder: Path, *words: str) -> str:
    try:
        return os.fsdecode(ask_git(folder, *words, more=environment(folder)))
    except GitError as error:
        raise WorkError(f"{FOLDER}/: git {words[0]}: {error}") from error
