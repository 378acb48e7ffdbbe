"""The tags of a run: what one looks runs up by, and what MLflow's page shows as source, author and description."""

import re
from pathlib import PurePosixPath

from src.common.digests import md5_of
from src.tracking.description import describe_origin
from src.tracking.lineage import EXPERIMENT_TAG, REPRO_TAG
from src.tracking.run_origin import RunOrigin

LINEAGE_TAG = "lineage.md5"
"""What `md5sum` says of the artifact lineage.json."""
DESCRIPTION = "mlflow.note.content"

_TAGGED = {"data", "models"}
"""Folders of which each dependency has a tag; those on code are in lineage.json."""
_NOT_IN_A_TAG = re.compile(r"[^/\w.\- :]")
"""What MLflow refuses in a tag's name."""


def run_tags(origin: RunOrigin) -> dict[str, str]:
    """Return the tags of a run; what is not known has none.

    `dvc.stage`, `dvc.repro`; `git.commit`, `dvc.exp_name` and `dvc.exp_baseline_rev`; `git.dirty`, the files of the
    pipeline that are not as in that commit; in an experiment `dvc.exp_params`, what it changes in params.yaml, such as
    `finetune.learning_rate=0.003`; for every table and model that the stage reads `dvc.dep.<path>`, the MD5 that DVC
    writes to dvc.lock; `lineage.md5`; and what MLflow's page shows of any run.
    """
    known = {
        "git.commit": origin.commit,
        "git.dirty": " ".join(origin.dirty),
        EXPERIMENT_TAG: origin.experiment,
        "dvc.exp_baseline_rev": origin.baseline,
        "dvc.exp_params": ", ".join(f"{key}={value}" for key, value in origin.changed.items()),
        "dvc.stage": origin.stage,
        REPRO_TAG: origin.repro,
        LINEAGE_TAG: md5_of(origin.as_json().encode()) if origin.is_stage else None,
        DESCRIPTION: describe_origin(origin),
        "mlflow.user": origin.author,
        "mlflow.source.name": f"{origin.stage}: {origin.command}",
        "mlflow.source.type": "JOB",  # of which the page shows the whole name, and of others what follows a slash
        "mlflow.source.git.commit": origin.commit,
        "mlflow.source.git.branch": origin.branch,
    }
    hashes = {
        f"dvc.dep.{_NOT_IN_A_TAG.sub('_', path)}": digest
        for path, digest in origin.read.items()
        if PurePosixPath(path).parts[0] in _TAGGED
    }
    return {key: value for key, value in known.items() if value} | hashes
