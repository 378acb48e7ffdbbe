"""The repository that a command works on, and DVC in it: where it lies, what it locked, how to call it."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from src.common.attached import run_attached
from src.common.digests import md5_of
from src.common.errors import InputError, WorkError, check_installed
from src.common.git import GitError, ask_git, check_repository, head_commit, without_repository
from src.common.yaml_file import parse_yaml
from src.config.params import PARAMS_FILE
from src.workspace.torn import set_torn_aside

MIRROR_VARIABLE = "RAW_MIRROR"
OTHERS = "pipelines"
"""Folder of the pipelines of other tasks."""

_DVC = (sys.executable, "-m", "dvc")


def find_root(start: Path) -> Path:
    """Return the folder at or above `start` that holds the pipeline; those of other tasks are in its `pipelines`.

    Raises:
        InputError: There is none.
    """
    for folder in (start, *start.parents):
        other = folder.parent.name == OTHERS
        if not other and (folder / "dvc.yaml").is_file() and (folder / PARAMS_FILE).is_file():
            return folder
    raise InputError(f"{start}: no dvc.yaml here or above; run the command inside the repository")


def run_dvc(arguments: Sequence[str], root: Path) -> int:
    """Run DVC on this terminal and return its exit status.

    Raises:
        InputError: The root is in no git repository of its own, which DVC wants; or an experiment cannot run there.
        WorkError: DVC is not installed.
    """
    _check_dvc_and_git(arguments, root)
    _check_path(arguments, root)
    set_torn_aside(root)
    return run_attached([*_DVC, *arguments], root, environment(Path.cwd()))


def ask_dvc(arguments: Sequence[str], root: Path) -> str:
    """Return what DVC answers.

    Raises:
        InputError: The root is in no git repository of its own, which DVC wants.
        WorkError: DVC fails, and the message is its own; or it is not installed.
    """
    _check_dvc_and_git(arguments, root)
    set_torn_aside(root)
    command = [*_DVC, *arguments]
    done = subprocess.run(  # noqa: S603  # our own words
        command, cwd=root, env=environment(Path.cwd()), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
        raise WorkError(f"dvc {' '.join(arguments)}: {said}")
    return done.stdout


def _check_dvc_and_git(arguments: Sequence[str], root: Path) -> None:
    check_installed("dvc")
    try:
        if arguments[0] == "exp":
            head_commit(root)  # what an experiment is compared with
        else:
            check_repository(root)
    except GitError as error:
        raise InputError(f"{root}: DVC wants git here: {error}") from None


def _check_path(arguments: Sequence[str], root: Path) -> None:
    """Refuse what DVC loses or breaks off: it takes the path for an address, and writes it as ASCII."""
    path = str(root)
    if "--temp" in arguments and ({"?", "#"} & set(path) or unquote(path) != path or not path.isascii()):
        raise InputError(f"{root}: DVC makes temporary experiments only where a path is of ASCII, without ?, # and "
                         "what looks like %41; rename the folder")  # fmt: skip


def environment(folder: Path) -> dict[str, str]:
    """Return the environment for DVC: this Python comes first, and a relative RAW_MIRROR starts at `folder`."""
    variables = without_repository(dict(os.environ))
    # Stages say `python`; what is activated in the shell may be another.
    variables["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), variables.get("PATH", os.defpath)])
    mirror = variables.get(MIRROR_VARIABLE, "").strip()
    if mirror and "://" not in mirror:
        variables[MIRROR_VARIABLE] = str(folder / Path(mirror).expanduser())
    return {**_git_identity(folder), **variables}


def _git_identity(folder: Path) -> dict[str, str]:
    """Return a name for DVC's own commits (its experiments) where the user of a fresh machine gave git none."""
    with contextlib.suppress(GitError):  # nobody has told git a name
        ask_git(folder, "config", "user.email")
        return {}
    roles = ("GIT_AUTHOR", "GIT_COMMITTER")
    return {f"{role}_NAME": "pysar" for role in roles} | {f"{role}_EMAIL": "pysar@localhost" for role in roles}


def locked_md5(lock: str, stage: str, path: Path) -> str:
    """Return the MD5 that dvc.lock, given as its text, has of a stage's output file.

    Raises:
        InputError: It does not know that output.
    """
    document: Any = parse_yaml(lock)
    for output in document.get("stages", {}).get(stage, {}).get("outs", []):
        if output["path"] == path.as_posix():
            return str(output["md5"])
    raise InputError(f"dvc.lock: stage {stage} has no {path}; run `make repro` first")


def read_locked(root: Path, pipeline: Path, stage: str, path: Path, command: str) -> bytes:
    """Return the bytes of a stage's output file, which are those of its pipeline's dvc.lock.

    Args:
        root: The repository.
        pipeline: The folder of the dvc.lock, from there.
        stage: Its name in the dvc.lock.
        path: The file, from the root.
        command: What makes it again.

    Raises:
        InputError: The file is not what the dvc.lock says.
    """
    lock = pipeline / "dvc.lock"
    content = (root / path).read_bytes()
    found = md5_of(content)
    if found != locked_md5((root / lock).read_text(encoding="utf-8"), stage, path):
        raise InputError(f"{path}: not what {lock} says; run `{command}` first")
    return content
