"""`pysar tune`: search better params of a stage on validation rows, confirm what was found, write it to params.yaml."""

import logging
import os
import sys
from pathlib import Path
from statistics import mean

import click
import optuna
from rich.console import Console

from src.common.attached import CTRL_C, run_copies
from src.common.command import Command
from src.common.cores import allowed_cores
from src.common.errors import WorkError
from src.common.interruption import sigterm_as_exit
from src.config.apply_params import apply_values
from src.config.params import StageName, load_params
from src.config.paths import reports_of
from src.models.search.confirm import kept, rounded
from src.models.search.search import Job, check_complete, confirm_study, find_study, work_on
from src.models.search.study import STORAGE_VARIABLE, storage_address
from src.models.search.study_figures import write_study_figures
from src.models.search.study_report import best_values, confirmed_table, progress
from src.models.search.study_runs import PARENT, STAGE
from src.tracking.description import figures_list
from src.tracking.tracking import track
from src.workspace.repository import environment, find_root

REPORTS = reports_of("tune")

_STOPPED = "stopped; what is done is kept, the same command goes on"

logger = logging.getLogger(__name__)


def run_workers(stage: StageName, trials: int, address: str, workers: int) -> None:
    """Run copies of this command that each work on the study, on this terminal, and wait for them.

    Raises:
        SystemExit: They were stopped by Ctrl-C; what is done is kept.
        WorkError: One of them failed.
    """
    command = [sys.executable, "-m", "src.commands.cli", "tune", stage, "--trials", str(trials), "--worker"]
    variables = {**environment(Path.cwd()), STORAGE_VARIABLE: address, "OMP_NUM_THREADS": "1"}
    statuses = run_copies(command, Path.cwd(), variables, workers)
    if CTRL_C in statuses:
        click.echo(_STOPPED)
        sys.exit(CTRL_C)
    if any(statuses):
        raise WorkError("a worker failed, as it says above; what is done is kept, the same command goes on")


def report(study: optuna.Study, job: Job) -> None:
    """Show the study, draw it, and log both to its run."""
    click.echo(progress(study))
    Console().print(best_values(study, job.current))
    folder = REPORTS / job.stage
    figures = write_study_figures(study, folder)
    if not figures or PARENT not in study.user_attrs:
        return
    with track(STAGE, run_id=study.user_attrs[PARENT]) as run:
        run.log_metrics({"best_score": study.best_value})
        run.log_artifact(folder)
        best = figures_list({"best score": study.best_value, **study.best_params})
        run.describe(best, {path.stem.replace("_", " "): f"{folder.name}/{path.name}" for path in figures})
    click.echo(f"figures: {folder}/, and in MLflow in the run {study.study_name}")


def report_confirmed(study: optuna.Study, job: Job, workers: int) -> None:
    """Train the best trials and the values of today again, and show their means.

    Raises:
        InputError: The study has no complete trial.
        SystemExit: Stopped by Ctrl-C; what is done is kept.
    """
    try:
        scored = confirm_study(study, job, workers)
    except KeyboardInterrupt:
        click.echo(_STOPPED)
        sys.exit(CTRL_C)
    Console().print(confirmed_table(scored))
    click.echo(f"best: {mean(scored[0].scores):.4f}")


def apply_best(study: optuna.Study) -> None:
    """Write the best values into params.yaml and show the change: the confirmed ones, else those of the best trial.

    Raises:
        InputError: The study has no complete trial.
    """
    confirmed = kept(study)
    if confirmed and confirmed[0].trial is None:
        click.echo("the values of params.yaml are the best of those that were confirmed; nothing is changed")
        return
    check_complete(study)
    if not confirmed:
        logger.warning("the best of many scores is partly luck: `pysar tune --confirm` tells how much")
    difference = apply_values(confirmed[0].values if confirmed else rounded(study.best_params))
    click.echo(difference or "params.yaml has these values already", nl=not difference)


@click.command(cls=Command)
@click.argument("stage", type=click.Choice(["finetune", "pretrain"]), default="finetune")
@click.option("--trials", type=click.IntRange(1), help="How many finished trials the study should have in all.")
@click.option(
    "--workers", type=click.IntRange(1), help="Processes on this machine, one thread each; by default one a core."
)
@click.option("--storage", help="postgresql://… for several machines, or a journal file; or set PYSAR_STUDY_STORAGE.")
@click.option("--confirm", is_flag=True, help="Train the best and today's values again, with three more seeds.")
@click.option("--apply", "apply_", is_flag=True, help="Write the best values into params.yaml.")
@click.option("--worker", is_flag=True, hidden=True)
def main(
    stage: StageName,
    *,
    trials: int | None,
    workers: int | None,
    storage: str | None,
    confirm: bool,
    apply_: bool,
    worker: bool,
) -> None:
    """Search better params of STAGE (finetune or pretrain) on rows held back from training, never on test rows.

    The study goes on where it stopped. With --confirm or --apply no trials are run.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    os.chdir(find_root(Path.cwd()))
    job = Job(stage, load_params())
    address = storage_address(storage, Path.cwd())
    study = find_study(job, address, begin=not (confirm or apply_))
    wanted = trials or job.search.trials
    processes = workers or allowed_cores()
    if worker:
        work_on(study, job, wanted)
        return
    if confirm:
        with sigterm_as_exit():  # its processes end with it
            report_confirmed(study, job, processes)
    if apply_:
        apply_best(study)
    if not confirm and not apply_:
        if not study.get_trials(deepcopy=False):
            study.enqueue_trial(job.current)  # what is to be beaten comes first
        run_workers(stage, wanted, address, processes)
        report(study, job)
