"""Git, asked about the repository that a folder belongs to, and about no other; with its reason where it refuses."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

PIPELINE = "dvc.yaml"

_CURE = "clone the project's repository, or `git init && git add --all && git commit --message Begin` here"

_OF_ANOTHER = {
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_WORK_TREE",
}  # fmt: skip
"""Variables that lead git to a repository wherever it is called: git sets them for its hooks, people for a moment."""

_NONE: Mapping[str, str] = MappingProxyType({})


class GitError(Exception):
    """Git does not answer; the text is its reason and the cure, in one line."""


def without_repository(variables: dict[str, str]) -> dict[str, str]:
    """Return an environment in which git and DVC work on the repository around the folder they are called in."""
    return {name: value for name, value in variables.items() if name not in _OF_ANOTHER}


def ask_git(folder: Path, *words: str, more: Mapping[str, str] = _NONE) -> bytes:
    """Return what git answers in a folder; `more` are variables besides those of this process.

    Raises:
        GitError: It refuses, or is not there.
    """
    git = shutil.which("git")
    if git is None:
        raise GitError("git is not installed; install it")
    variables = without_repository({**os.environ, **more}) | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C.UTF-8"}
    command = [git, *words]
    answer = subprocess.run(command, cwd=folder, env=variables, capture_output=True, check=False)  # noqa: S603 - ours
    if answer.returncode:
        reason = " ".join(answer.stderr.decode(errors="replace").split())
        if "not a git repository" in reason:
            raise GitError(f"not a git repository; {_CURE}")
        raise GitError(reason or f"git {words[0]} ended with status {answer.returncode}")
    return answer.stdout


def check_repository(folder: Path) -> None:
    """Make sure that the git repository around a folder is that of the pipeline in it.

    A checkout without .git may lie within another repository, whose commits say nothing of it.

    Raises:
        GitError: It is another's, or git refuses.
    """
    top = Path(os.fsdecode(ask_git(folder, "rev-parse", "--show-toplevel")).rstrip("\n"))
    if top.samefile(folder):
        return
    try:
        ask_git(folder, "ls-files", "--error-unmatch", "--", PIPELINE)
    except GitError:
        raise GitError(f"the repository around it, {top}, has no {PIPELINE} of this folder; {_CURE}") from None


def head_commit(folder: Path) -> str:
    """Return the commit of HEAD in the repository that a folder belongs to.

    Raises:
        GitError: There is none, or git refuses.
    """
    check_repository(folder)
    try:
        return ask_git(folder, "rev-parse", "--verify", "HEAD^{commit}").decode().strip()
    except GitError as error:
        raise GitError(f"no commit yet ({error}); `git add --all && git commit --message Begin` makes one") from None


def is_shallow(folder: Path) -> bool:
    """Tell whether a clone has only the last commits.

    Raises:
        GitError: Git refuses.
    """
    return ask_git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
