"""What git says of a run: who, at which commit, and what is not as committed."""

import functools
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml.error import YAMLError

from src.common.errors import InputError
from src.common.git import GitError, ask_git, check_repository, head_commit
from src.common.yaml_file import parse_yaml, read_yaml
from src.config.nested import flatten
from src.workspace.pipelines import MAIN, Pipeline, dependencies

logger = logging.getLogger(__name__)

PACKAGES = Path("poetry.lock")

EXPERIMENT_TAG = "dvc.exp_name"
REPRO_TAG = "dvc.repro"
"""The same for all runs of one `dvc repro`."""
ORIGIN = ("git.commit", "git.dirty", EXPERIMENT_TAG, "dvc.exp_baseline_rev", REPRO_TAG)
"""Tags of a run that lead to its revision and to the runs beside it; those of a registered model's version too."""


def git_commit() -> str | None:
    """Return the commit of the working folder's HEAD; None, with a warning, where git does not tell it."""
    try:
        return head_commit(Path.cwd())
    except GitError as error:
        _warn_of_git(str(error))
        return None


def git_branch() -> str | None:
    """Return the branch that is checked out; None where there is none, or git does not tell it."""
    try:
        check_repository(Path.cwd())
        return ask_git(Path.cwd(), "symbolic-ref", "--quiet", "--short", "HEAD").decode().strip() or None
    except GitError:
        return None  # a detached HEAD; that git does not answer at all `git_commit` says


def git_author() -> str:
    """Return the name that git would commit under here."""
    try:
        return ask_git(Path.cwd(), "var", "GIT_AUTHOR_IDENT").decode(errors="replace").rpartition(" <")[0]
    except GitError:
        return "unknown"  # as MLflow calls an author that it is not told


def changed_files(pipeline: Pipeline = MAIN) -> list[str]:
    """Return what differs from git's HEAD of a dvc.yaml, of all that its stages depend on, and of poetry.lock.

    Outputs do not count, for git ignores them, nor does params.yaml, whose values are recorded. Where git does not
    tell, nothing is changed, with a warning.
    """
    read = (path for stage in pipeline.stages().values() for path in dependencies(stage))
    paths = {pipeline.definition.as_posix(), PACKAGES.as_posix(), *read}
    words = ("--literal-pathspecs", "status", "--porcelain", "--no-renames", "--untracked-files=all", "-z", "--")
    try:
        check_repository(Path.cwd())
        answer = ask_git(Path.cwd(), *words, *sorted(paths)).decode(errors="replace")
    except GitError as error:
        _warn_of_git(str(error))
        return []
    return sorted(entry[3:] for entry in answer.split("\0") if entry)


def changed_params(pipeline: Pipeline = MAIN) -> dict[str, Any]:
    """Return the leaves of a params.yaml that are not as in the experiment's baseline or, outside of one, git's HEAD.

    Keys are dotted, as `dvc exp run -S` takes them. Without a readable file on both sides nothing is changed, nor
    where git does not tell, with a warning.
    """
    before = params_before(pipeline)
    if before is None:
        return {}
    try:
        now = read_yaml(pipeline.params, cure="run the stage at the root of the repository")
    except (OSError, InputError):
        return {}  # the stage itself reports a broken file
    old = flatten(before)
    new = flatten(now) if isinstance(now, Mapping) else {}
    return {key: value for key, value in new.items() if key not in old or old[key] != value}


def params_before(pipeline: Pipeline = MAIN) -> Mapping[str, Any] | None:
    """Return a params.yaml as it is in the experiment's baseline or, outside of one, in git's HEAD; None if nowhere."""
    baseline = os.environ.get("DVC_EXP_BASELINE_REV") or "HEAD"
    try:
        check_repository(Path.cwd())
        ask_git(Path.cwd(), "rev-parse", "--verify", f"{baseline}^{{commit}}")
    except GitError as error:
        _warn_of_git(str(error))
        return None
    try:
        before = parse_yaml(ask_git(Path.cwd(), "show", f"{baseline}:./{pipeline.params}").decode())
    except (GitError, UnicodeDecodeError, YAMLError):
        return None  # it is new, or was broken
    return before if isinstance(before, Mapping) else None


@functools.cache
def _warn_of_git(reason: str) -> None:
    """Say once what the lineage lacks."""
    logger.warning(
        "%s: git does not tell the commit, or what has changed since (%s): what is recorded does not lead back to it",
        Path.cwd(), reason,
    )  # fmt: skip
