"""Optuna's studies: where they are kept, what they are called, which trials they end early."""

import json
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.storages import BaseStorage, JournalStorage, RDBStorage, RetryHeartbeatStaleTrialCallback
from sqlalchemy.exc import SQLAlchemyError

from src.common.digests import bytes_digest
from src.common.errors import InputError
from src.config.search_params import Search
from src.models.search.journal import open_journal
from src.models.search.sampler import SamplerByTrial
from src.tracking.store_address import hide_login

JOURNAL = Path(".pysar/studies.journal")
STORAGE_VARIABLE = "PYSAR_STUDY_STORAGE"

RETRIES = 3
"""So often is a trial tried again that its worker did not survive."""
HEARTBEAT_SECONDS = 10
GRACE_SECONDS = 60
"""A trial of another machine that is silent for so long is taken for dead, and tried again."""


def storage_address(given: str | None, root: Path) -> str:
    """Return `given`, or PYSAR_STUDY_STORAGE, or the journal at `root`: a database's URL, or the path of a journal."""
    return given or os.environ.get(STORAGE_VARIABLE) or str(root / JOURNAL)


def open_storage(
    address: str, heartbeat_seconds: int = HEARTBEAT_SECONDS, grace_seconds: int = GRACE_SECONDS
) -> BaseStorage:
    """Open a database (`postgresql://…`, for many machines) or a journal file, which is made where it is missing.

    Raises:
        InputError: The database does not answer, or refuses; or the address is of no known kind, or of no folder.
        OSError: The journal's folder cannot be written.
    """
    if "://" not in address:
        journal = Path(address).absolute()
        folder = journal.parent
        if folder.name == JOURNAL.parent.name:
            folder.mkdir(exist_ok=True)
        elif not folder.is_dir():
            raise InputError(f"{folder}: no such folder; make it, or correct the storage")
        return JournalStorage(open_journal(journal))
    try:
        with quiet_experiments():
            return RDBStorage(
                address,
                engine_kwargs={"pool_pre_ping": True},
                heartbeat_interval=heartbeat_seconds,
                grace_period=grace_seconds,
                heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(RETRIES),
            )
    except (SQLAlchemyError, ImportError, ValueError) as error:
        shown, reason = hide_login(address, address), str(error).strip().splitlines()[0]
        raise InputError(f"{shown}: no storage of studies ({reason}); check the address") from error


@contextmanager
def quiet_experiments() -> Iterator[None]:
    """Let Optuna not warn of each use that heartbeats and retries may still change: the version is pinned."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        yield


def study_name(stage: str, seed: int, read: Mapping[str, Any], inputs: Mapping[str, str], code: str) -> str:
    """Return a study's name: `<stage>-seed<seed>-<digest>`, the digest of all that makes its scores comparable.

    Args:
        stage: Name of the stage.
        seed: Of the study.
        read: The params that the stage reads, with the ones that the study changes left out, and the space.
        inputs: Digests of the files that the stage reads, by path.
        code: Digest of the code that trains and scores.
    """
    text = json.dumps([read, inputs, code], sort_keys=True, ensure_ascii=False, default=str)
    return f"{stage}-seed{seed}-{bytes_digest(text.encode())[:8]}"


def open_study(storage: BaseStorage, name: str, search: Search, epochs: int, *, begin: bool = True) -> optuna.Study:
    """Open a study, or begin it; larger scores are better.

    Raises:
        InputError: There is none, and none is to be begun.
    """
    if not begin and name not in optuna.get_all_study_names(storage):
        raise InputError(
            f"no study {name}: nothing was searched with these params, data and code; run `pysar tune` first"
        )
    sampler = SamplerByTrial(search.seed, max(1, search.startup_trials))
    return optuna.create_study(
        storage=storage, study_name=name, direction="maximize", sampler=sampler, pruner=make_pruner(search, epochs),
        load_if_exists=True,
    )  # fmt: skip


def make_pruner(search: Search, epochs: int) -> optuna.pruners.BasePruner:
    """Return what ends trials early that are worse than others were at the same epoch."""
    if search.pruner == "median":
        return optuna.pruners.MedianPruner(search.startup_trials, search.warmup_epochs)
    if search.pruner == "hyperband":
        return optuna.pruners.HyperbandPruner(min_resource=max(1, search.warmup_epochs), max_resource=epochs)
    return optuna.pruners.NopPruner()
