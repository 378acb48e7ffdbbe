"""Measure what a study costs: `python -m benchmarks.study`, on an otherwise idle machine.

1. How many trials two workers finish in the time in which one finishes some: the same trials, one thread each, a
   shortened fine-tuning on the tables of the workspace.
2. What study, pruner and MLflow add to the training of a trial, as a share of a trial of 30 s.

Writes benchmarks/results/study.json. Studies and runs go to a temporary folder.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
import optuna
import torch

from src.common.command import Command
from src.common.files import write_json
from src.config.params import Params, load_params
from src.models.search.search import Job, find_study, work_on
from src.models.search.trial_run import open_stage, run_trial
from src.models.training.device import prepare_machine

RESULT = Path("benchmarks/results/study.json")
SECONDS = 120.0
TRIAL_SECONDS = 30.0

_EPOCHS = 6
_OVERHEAD_TRIALS = 6


@click.command(cls=Command)
@click.option("--worker", type=click.Path(path_type=Path), hidden=True)
def main(worker: Path | None) -> None:
    """Measure workers and overhead, print both, write them."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    job = Job("finetune", shortened(load_params()))
    if worker:
        work_on(find_study(job, str(worker)), job, 10**6)
        return
    one, two = (finished_trials(job, workers) for workers in (1, 2))
    click.echo(f"trials finished in {SECONDS:g} s: one worker {one}, two workers {two}: {two / one:.2f} times as many")
    overhead = overhead_seconds(job)
    click.echo(f"study and tracking: {overhead:.2f} s a trial, {overhead / TRIAL_SECONDS:.1%} of {TRIAL_SECONDS:g} s")
    write_json(RESULT, {
        "seconds": SECONDS, "one_worker": one, "two_workers": two, "two_by_one": round(two / one, 2),
        "overhead_seconds": round(overhead, 3), "overhead_of_30_s": round(overhead / TRIAL_SECONDS, 4),
    })  # fmt: skip


def shortened(params: Params) -> Params:
    """Return params with few epochs and nothing ended early: trials of equal length."""
    finetune = params.finetune.model_copy(update={"epochs": _EPOCHS, "frozen_epochs": 0})
    space = {"finetune.learning_rate": params.tune.finetune.space["finetune.learning_rate"]}
    search = params.tune.finetune.model_copy(update={"space": space, "pruner": "none"})
    tune = params.tune.model_copy(update={"finetune": search})
    return params.model_copy(update={"finetune": finetune, "tune": tune})


def finished_trials(job: Job, workers: int) -> int:
    """Return how many trials so many workers finish in `SECONDS`, from the first trial's beginning on."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "studies.journal"
        variables = {**os.environ, "OMP_NUM_THREADS": "1", "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"}
        command = [sys.executable, "-m", "benchmarks.study", "--worker", str(journal)]
        running = [subprocess.Popen(command, env=variables) for _ in range(workers)]  # noqa: S603  # our own words
        study = find_study(job, str(journal))
        while len([x for x in study.get_trials(deepcopy=False) if x.state.name == "RUNNING"]) < workers:
            time.sleep(0.05)
        begun = len(study.get_trials(states=(optuna.trial.TrialState.COMPLETE,)))
        time.sleep(SECONDS)
        count = len(study.get_trials(states=(optuna.trial.TrialState.COMPLETE,))) - begun
        for process in running:
            process.kill()
            process.wait()
        return count


def overhead_seconds(job: Job) -> float:
    """Return how much longer a trial in a study with tracking takes than the same training alone, in seconds."""
    torch.set_num_threads(1)
    machine = prepare_machine(job.params.compute)
    stage = open_stage(job.stage, job.params, machine)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder}/mlflow.db"
        study = find_study(job, str(Path(folder) / "studies.journal"))
        work_on(study, job, 1)  # imports and tables are made once a worker
        started = time.perf_counter()
        work_on(study, job, 1 + _OVERHEAD_TRIALS)
        with_study = time.perf_counter() - started
        values = [trial.params for trial in study.trials[1:]]
    started = time.perf_counter()
    for each in values:
        run_trial(stage, job.params.with_values(each), machine, lambda _figures: None)
    return (with_study - (time.perf_counter() - started)) / _OVERHEAD_TRIALS


if __name__ == "__main__":
    main()
