"""Where a run comes from: stage, command, author, revision, experiment, and all that led to it as it was."""

import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml.error import YAMLError

from src.common.errors import InputError
from src.common.yaml_file import read_yaml
from src.config.nested import flatten
from src.config.overrides import setting_overrides
from src.tracking.lineage import changed_files, changed_params, git_author, git_branch, git_commit, params_before
from src.workspace.dvc_process import dvc_process
from src.workspace.pipelines import Pipeline, pipeline_of
from src.workspace.stage_hashes import dependency_hashes

LINEAGE = "lineage.json"
"""The artifact of a run with all of this."""


class RunOrigin(NamedTuple):
    """Of a run, as it was when the run began.

    stage: Its name in dvc.yaml, and what it is for (`purpose`, empty where dvc.yaml does not know it).
    command: As dvc.yaml or, for a run that is no stage, the command line has it.
    folder: Of the dvc.yaml, from the root.
    author: As git names who commits here.
    commit: HEAD; None, as the branch, where git does not tell it.
    dirty: Files of the pipeline that are not as in that commit.
    experiment: DVC's name of it, None outside of one; with the commit that it starts from (`baseline`), the params
        that it changes, and the arguments of `-S` that do so (`overrides`).
    repro: Which process of DVC runs the stage.
    read: The MD5 of each dependency, by its path.
    params: params.yaml.
    pipeline: The stages of dvc.yaml.
    lock: The entries of dvc.lock, of which DVC writes the stage's own when it has ended: that is an older run's.
    """

    stage: str
    purpose: str
    command: str
    folder: str
    author: str
    commit: str | None
    branch: str | None
    dirty: list[str]
    experiment: str | None
    baseline: str | None
    changed: Mapping[str, Any]
    overrides: list[str]
    repro: str | None
    read: Mapping[str, str]
    params: Mapping[str, Any]
    pipeline: Mapping[str, Any]
    lock: Mapping[str, Any]

    @property
    def is_stage(self) -> bool:
        """Whether dvc.yaml has it."""
        return self.stage.partition("@")[0] in self.pipeline

    def as_json(self) -> str:
        """Return what lineage.json holds: equal origins give equal texts."""
        return json.dumps(self._asdict(), ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


def find_origin(stage: str) -> RunOrigin:
    """Ask git, the environment that DVC gives its stages, and the working folder.

    Args:
        stage: Name of the stage in dvc.yaml; DVC_STAGE is believed before it.
    """
    name = (os.environ.get("DVC_STAGE") or stage).rpartition(":")[2]
    pipeline = pipeline_of(name)
    said = pipeline.stage(name)
    known = said if isinstance(said, Mapping) else {}
    experiment = os.environ.get("DVC_EXP_NAME")
    params = _document(pipeline.params)
    return RunOrigin(
        stage=name,
        purpose=str(known.get("desc", "")),
        command=str(known.get("cmd") or shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])),
        folder=pipeline.folder.as_posix(),
        author=git_author(),
        commit=git_commit(),
        branch=git_branch(),
        dirty=changed_files(pipeline),
        experiment=experiment,
        baseline=os.environ.get("DVC_EXP_BASELINE_REV"),
        changed=changed_params(pipeline) if experiment else {},
        overrides=_overrides(pipeline, params) if experiment else [],
        repro=dvc_process(),
        read=dependency_hashes(name),
        params=params,
        pipeline=pipeline.stages(),
        lock={stage: entry for stage, entry in pipeline.locked().items() if stage != name},
    )


def _overrides(pipeline: Pipeline, params: Mapping[str, Any]) -> list[str]:
    before = params_before(pipeline)
    return [] if before is None else setting_overrides(flatten(params), flatten(before))


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document = read_yaml(path, cure="")
    except (InputError, OSError, YAMLError):
        return {}  # the stage itself reports a broken file
    return document if isinstance(document, Mapping) else {}
