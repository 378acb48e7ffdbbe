"""Workers on PostgreSQL, where Optuna's heartbeats tell who died."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import optuna
from optuna.storages import RDBStorage
from optuna.trial import TrialState

from src.models.search.study import open_storage, open_study
from src.models.search.worker import Worker
from tests.models.study_factory import SEARCH

TRIALS = 200
DONE = (TrialState.COMPLETE, TrialState.PRUNED)


@contextmanager
def study_at(address: str) -> Iterator[optuna.Study]:
    search = SEARCH.model_copy(update={"startup_trials": TRIALS})  # random values: the search itself is not tested
    storage = open_storage(address, heartbeat_seconds=1, grace_seconds=4)
    assert isinstance(storage, RDBStorage)
    try:
        yield open_study(storage, "dummy", search, epochs=3)
    finally:
        storage.remove_session()
        storage.engine.dispose()  # psycopg warns of connections that are left open


def work(address: str, dies_at: int | None) -> None:
    def dummy(trial: optuna.Trial) -> float:
        value = trial.suggest_float("x", 0, 1)
        time.sleep(0.02)
        if dies_at is not None and trial.number >= dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if value > 0.9:
            raise optuna.TrialPruned
        return value

    with study_at(address) as study:
        Worker(study, dummy, TRIALS, poll_seconds=0.2).work()


def test_of_two_workers_one_killed_half_way_leaves_no_trial_lost_and_none_twice(postgresql: str) -> None:
    with study_at(postgresql):
        pass
    processes = multiprocessing.get_context("spawn")
    workers = [processes.Process(target=work, args=(postgresql, dies_at)) for dies_at in (None, TRIALS // 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=240)
    assert [worker.exitcode for worker in workers] == [0, -signal.SIGKILL]

    with study_at(postgresql) as study:
        trials = study.trials
    finished = [trial for trial in trials if trial.state in DONE]
    assert len(finished) == TRIALS
    assert len({trial.params["x"] for trial in finished}) == TRIALS
    assert not [trial for trial in trials if trial.state in {TrialState.RUNNING, TrialState.WAITING}]
    killed = [trial for trial in trials if trial.state is TrialState.FAIL and trial.params]
    assert len(killed) == 1
    (retried,) = [trial for trial in finished if trial.system_attrs.get("failed_trial") == killed[0].number]
    assert retried.params == killed[0].params
