"""What leads from an MLflow run back to the bits: git revision, DVC's experiment and stage, hashes of the inputs."""

import functools
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml.error import YAMLError

from src.common.errors import InputError
from src.common.git import GitError, ask_git, check_repository, head_commit
from src.common.yaml_file import parse_yaml, read_yaml
from src.config.nested import flatten
from src.workspace.pipelines import MAIN, Pipeline, dependencies, pipeline_of
from src.workspace.stage_hashes import dependency_hashes

logger = logging.getLogger(__name__)

PACKAGES = Path("poetry.lock")

EXPERIMENT_TAG = "dvc.exp_name"
ORIGIN = ("git.commit", "git.dirty", EXPERIMENT_TAG, "dvc.exp_baseline_rev")
"""Tags of a run that lead to its revision; those of a registered model's version too."""

_DESCRIPTION = "mlflow.note.content"
_NOT_IN_A_TAG = re.compile(r"[^/\w.\- :]")
"""What MLflow refuses in a tag's name."""


def run_tags(stage: str) -> dict[str, str]:
    """Collect the tags of a run from the environment that DVC gives its stages and from the working folder.

    Args:
        stage: Name of the stage in dvc.yaml; DVC_STAGE is believed before it.

    Returns:
        `dvc.stage`; `git.commit`, `dvc.exp_name` and `dvc.exp_baseline_rev` where they are known; `git.dirty`, the
        files of the pipeline that are not as in that commit, where there are any; in an experiment `dvc.exp_params`,
        what it changes in params.yaml, such as `finetune.learning_rate=0.003`, which is also its description on
        MLflow's page; and for every dependency `dvc.dep.<path>`, the MD5 that DVC writes to dvc.lock once the stage
        has ended.
    """
    name = (os.environ.get("DVC_STAGE") or stage).rpartition(":")[2]
    pipeline = pipeline_of(name)
    experiment = os.environ.get("DVC_EXP_NAME")
    changed = ", ".join(f"{key}={value}" for key, value in changed_params(pipeline).items()) if experiment else ""
    known = {
        "git.commit": git_commit(),
        "git.dirty": " ".join(changed_files(pipeline)),
        EXPERIMENT_TAG: experiment,
        "dvc.exp_baseline_rev": os.environ.get("DVC_EXP_BASELINE_REV"),
        "dvc.exp_params": changed,
        _DESCRIPTION: changed,
        "dvc.stage": name,
    }
    hashes = {f"dvc.dep.{_NOT_IN_A_TAG.sub('_', path)}": digest for path, digest in dependency_hashes(name).items()}
    return {key: value for key, value in known.items() if value} | hashes


def git_commit() -> str | None:
    """Return the commit of the working folder's HEAD; None, with a warning, where git does not tell it."""
    try:
        return head_commit(Path.cwd())
    except GitError as error:
        _warn_of_git(str(error))
        return None


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
    baseline = os.environ.get("DVC_EXP_BASELINE_REV") or "HEAD"
    try:
        check_repository(Path.cwd())
        ask_git(Path.cwd(), "rev-parse", "--verify", f"{baseline}^{{commit}}")
    except GitError as error:
        _warn_of_git(str(error))
        return {}
    try:
        text = ask_git(Path.cwd(), "show", f"{baseline}:./{pipeline.params}").decode()
        before = parse_yaml(text)
        now = read_yaml(pipeline.params, cure="run the stage at the root of the repository")
    except (GitError, UnicodeDecodeError, OSError, InputError, YAMLError):
        return {}  # it is new, or the stage itself reports a broken file
    if not (isinstance(before, Mapping) and isinstance(now, Mapping)):
        return {}
    old = flatten(before)
    return {key: value for key, value in flatten(now).items() if key not in old or old[key] != value}


@functools.cache
def _warn_of_git(reason: str) -> None:
    """Say once what the lineage lacks."""
    logger.warning(
        "%s: git does not tell the commit, or what has changed since (%s): what is recorded does not lead back to it",
        Path.cwd(), reason,
    )  # fmt: skip
