"""A search for better params of one stage: its study, what a trial of it does, and how its best is confirmed."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import optuna
import torch

from src.common.digests import file_md5
from src.common.errors import InputError
from src.config.nested import flatten
from src.config.params import Params, StageName
from src.config.search_params import Search
from src.config.sections import Finetune, Pretrain
from src.models.search.confirm import Candidate, candidates, confirm, keep
from src.models.search.search_space import current_values, suggest
from src.models.search.study import open_storage, open_study, study_name
from src.models.search.study_runs import parent_run, record_trial
from src.models.search.trial_run import DIVERGED, inputs_of, open_stage, run_trial, try_values
from src.models.search.worker import Worker
from src.models.training.device import prepare_machine
from src.models.training.loop import DivergedError
from src.workspace.imported_code import code_digest

logger = logging.getLogger(__name__)

TRIAL_CODE = Path("src/models/search/trial_run.py")
"""What trains and scores, with all that it imports."""
RIVALS = 3
"""So many of the best trials are confirmed, besides the values of today."""
SEEDS = 3


class Job(NamedTuple):
    """A stage, and the params that its study starts from."""

    stage: StageName
    params: Params

    @property
    def search(self) -> Search:
        """The stage's section of `tune`."""
        return self.params.search_of(self.stage)

    @property
    def settings(self) -> Pretrain | Finetune:
        """The stage's own section."""
        return self.params.training_of(self.stage)

    @property
    def current(self) -> dict[str, int | float]:
        """The value that each knob has today."""
        return current_values(self.search.space, self.params)


def find_study(job: Job, address: str, *, begin: bool = True) -> optuna.Study:
    """Open the study of these params, data and code, or begin it: other ones have another study.

    Raises:
        InputError: An input of the stage is missing, or the storage does not answer, or there is no such study and
            none is to be begun.
    """
    read_files = inputs_of(job.stage, job.params)
    missing = [path for path in read_files if not path.is_file()]
    if missing:
        raise InputError(f"{missing[0]}: no such file; run `make repro` first")
    read = flatten(job.params.model_dump(include={"network", job.stage}))
    fixed = {name: value for name, value in read.items() if name not in job.search.space}
    space = {name: knob.model_dump() for name, knob in job.search.space.items()}
    inputs = {path.as_posix(): file_md5(path) for path in read_files}
    name = study_name(
        job.stage,
        job.search.seed,
        {**fixed, "space": space, "folds": job.search.folds},
        inputs,
        code_digest(TRIAL_CODE),
    )
    return open_study(open_storage(address), name, job.search, job.search.folds * job.settings.epochs, begin=begin)


def work_on(study: optuna.Study, job: Job, trials: int) -> int:
    """Run trials, one thread each, until the study has so many; return how many were run here."""
    torch.set_num_threads(1)
    machine = prepare_machine(job.params.compute)
    stage = open_stage(job.stage, job.params, machine)
    parent = parent_run(study, {"trials": trials, **flatten(job.search)})

    def objective(trial: optuna.Trial) -> float:
        values = suggest(trial, job.search.space, job.params)
        params = job.params.with_values(values)
        score = record_trial(study, trial, parent, values, lambda tell: try_values(stage, params, machine, tell, trial))
        logger.info("trial %d: %.4f", trial.number, score)
        return score

    return Worker(study, objective, trials).work()


def check_complete(study: optuna.Study) -> None:
    """Make sure that there is something to confirm or to apply.

    Raises:
        InputError: The study has no complete trial.
    """
    if not study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,)):
        raise InputError(f"study {study.study_name} has no complete trial; run `pysar tune` first")


def confirm_study(study: optuna.Study, job: Job, workers: int) -> list[Candidate]:
    """Train the values of today and the best trials' with three seeds each, and keep the outcome in the study.

    The seeds are those after the stage's own, by which the trials were chosen.

    Raises:
        InputError: The study has no complete trial.
    """
    check_complete(study)
    own = job.settings.seed
    rivals = candidates(study, job.current, RIVALS)
    scored = confirm(study, rivals, range(own + 1, own + 1 + SEEDS), Scorer(job).score, workers)
    keep(study, scored)
    return scored


class Scorer(NamedTuple):
    """Trains a stage with some values and a seed; goes to other processes as it is."""

    job: Job

    def score(self, values: Mapping[str, float], seed: int) -> float:
        """Return the validation score, the lowest where the training diverges."""
        torch.set_num_threads(1)
        params = self.job.params.with_values({**values, f"{self.job.stage}.seed": seed})
        machine = prepare_machine(params.compute)
        # The rows are held back by the seed of params.yaml, not by this one: all are scored on the same.
        stage = open_stage(self.job.stage, self.job.params, machine)
        try:
            return run_trial(stage, params, machine, lambda _figures: None)
        except DivergedError:
            return DIVERGED
