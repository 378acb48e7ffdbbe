"""The workers of a journal file; those of a database are in tests/services/test_study_postgresql.py."""

import multiprocessing
import os
import signal
import time
from collections import Counter
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from src.models.search.worker import WORKER, Worker
from tests.models.study_factory import journal_study

DONE = (TrialState.COMPLETE, TrialState.PRUNED)


def x(trial: optuna.Trial) -> float:
    value = trial.suggest_float("x", 0, 1)
    if trial.number % 5 == 4:
        raise optuna.TrialPruned
    return value


def work(folder: Path, trials: int, *, dies_at: int | None = None) -> None:
    def objective(trial: optuna.Trial) -> float:
        value = x(trial)
        time.sleep(0.01)
        if trial.number == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return value

    Worker(journal_study(folder), objective, trials, poll_seconds=0.1).work()


def test_a_worker_runs_as_many_trials_as_are_wanted_and_then_no_more(tmp_path: Path) -> None:
    study = journal_study(tmp_path)
    assert Worker(study, x, 7).work() == 7
    assert Counter(trial.state for trial in study.trials) == {TrialState.COMPLETE: 6, TrialState.PRUNED: 1}
    assert Worker(study, x, 7).work() == 0
    assert Worker(study, x, 9).work() == 2


def test_of_two_workers_one_killed_leaves_no_trial_lost_and_none_twice(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("fork")
    killed = processes.Process(target=work, args=(tmp_path, 40), kwargs={"dies_at": 12})
    other = processes.Process(target=work, args=(tmp_path, 40), kwargs={"dies_at": None})
    killed.start()
    killed.join(timeout=60)
    assert killed.exitcode == -signal.SIGKILL
    other.start()
    other.join(timeout=60)
    assert other.exitcode == 0
    study = journal_study(tmp_path)
    finished = study.get_trials(states=DONE)
    assert len(finished) == 40
    assert study.trials[12].state is TrialState.FAIL
    (retried,) = [trial for trial in study.trials if trial.system_attrs.get("failed_trial") == 12]
    assert retried.state in DONE
    assert retried.params == study.trials[12].params
    assert len({trial.params["x"] for trial in finished}) == 40


def test_workers_that_begin_together_never_finish_too_many(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("fork")
    workers = [processes.Process(target=work, args=(tmp_path, 15)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert len(journal_study(tmp_path).get_trials(states=DONE)) == 15


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("no")])
def test_what_was_begun_when_the_work_was_stopped_is_tried_again_first(error: BaseException, tmp_path: Path) -> None:
    def stopped(trial: optuna.Trial) -> float:
        value = x(trial)
        if trial.number == 2:
            raise error
        return value

    study = journal_study(tmp_path)
    with pytest.raises(type(error)):
        Worker(study, stopped, 4).work()
    assert [trial.state for trial in study.trials] == [
        TrialState.COMPLETE, TrialState.COMPLETE, TrialState.FAIL, TrialState.WAITING,
    ]  # fmt: skip
    assert WORKER not in study.trials[3].user_attrs
    assert Worker(study, x, 4).work() == 2
    assert study.trials[3].params == study.trials[2].params
    assert len(study.get_trials(states=DONE)) == 4


def test_a_trial_that_never_survives_is_given_up_after_three_retries(tmp_path: Path) -> None:
    def deadly(trial: optuna.Trial) -> float:
        raise RuntimeError(trial.number)

    study = journal_study(tmp_path)
    for _ in range(4):
        with pytest.raises(RuntimeError):
            Worker(study, deadly, 1).work()
    assert [trial.state for trial in study.trials] == [TrialState.FAIL] * 4
