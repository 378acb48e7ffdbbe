"""One of the processes that work on a study: as many trials as are wanted, none twice, and none lost.

Any number of workers may start, stop or be killed at any moment. A trial whose worker died is tried again: in a
database Optuna's heartbeats tell, in a journal file, which workers of one machine share, the process itself does.
"""

import copy
import logging
import platform
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import optuna
import psutil
from optuna.storages import JournalStorage, RetryHeartbeatStaleTrialCallback, fail_stale_trials
from optuna.trial import FrozenTrial, TrialState

from src.models.search.study import RETRIES, quiet_experiments

logger = logging.getLogger(__name__)

WORKER = "worker"
"""Attribute of a trial: machine, process and the process's start, of who works on it."""

_DONE = (TrialState.COMPLETE, TrialState.PRUNED)
_TAKEN = (TrialState.RUNNING, *_DONE)
_UNSIGNED = timedelta(seconds=60)
"""A trial that nobody has put his name to for so long belongs to somebody who died at once."""

Objective = Callable[[optuna.Trial], float]


class SurplusError(Exception):
    """Two workers took the last trial at once, and this is the later one."""


class Worker:
    """This process, at work on a study."""

    def __init__(self, study: optuna.Study, objective: Objective, trials: int, poll_seconds: float = 2.0) -> None:
        self.study, self.objective, self.trials, self.poll_seconds = study, objective, trials, poll_seconds
        self.current: optuna.Trial | None = None
        self.done = 0

    def work(self) -> int:
        """Work until the study has its finished trials, complete or pruned; return how many were done here.

        Ctrl-C or an error of the objective ends the work: what is done is kept, and what was begun is tried again.
        """
        while True:
            _retry_stale(self.study)
            states = [trial.state for trial in self.study.get_trials(deepcopy=False)]
            if sum(state in _DONE for state in states) >= self.trials:
                return self.done
            if sum(state in _TAKEN for state in states) < self.trials:
                self._run_one()
            else:
                time.sleep(self.poll_seconds)  # others are at the last trials; one of them may die

    def _run_one(self) -> None:
        self.current = None
        try:
            self.study.optimize(self._call, n_trials=1, catch=(SurplusError,))
        except BaseException:
            self._put_back()
            raise

    def _put_back(self) -> None:
        if self.current is not None:
            _retry(self.study, next(x for x in self.study.get_trials() if x.number == self.current.number))

    def _call(self, trial: optuna.Trial) -> float:
        trial.set_user_attr(WORKER, _this_process())
        earlier = [x for x in self.study.get_trials(deepcopy=False, states=_TAKEN) if x.number < trial.number]
        if len(earlier) >= self.trials:
            raise SurplusError
        self.current = trial
        try:
            value = self.objective(trial)
        except optuna.TrialPruned:
            self.done += 1
            raise
        self.done += 1
        return value


def _retry_stale(study: optuna.Study) -> None:
    with quiet_experiments():
        fail_stale_trials(study)
    if not isinstance(study._storage, JournalStorage):  # noqa: SLF001  # a journal has no heartbeats
        return
    for trial in study.get_trials(states=(TrialState.RUNNING,)):
        worker = trial.user_attrs.get(WORKER)
        begun = trial.datetime_start or datetime.now()  # noqa: DTZ005  # Optuna's times have no zone
        if not _is_alive(worker) if worker else datetime.now() - begun > _UNSIGNED:  # noqa: DTZ005  # as above
            _retry(study, trial)


def _retry(study: optuna.Study, trial: FrozenTrial) -> None:
    """End a trial, and put another with the same values first in the queue."""
    if trial.state is TrialState.RUNNING:
        try:
            study.tell(trial.number, state=TrialState.FAIL)
        except ValueError:
            return  # another worker was faster
    logger.warning("trial %d was stopped half-way: it is tried again", trial.number)
    anew = copy.deepcopy(trial)
    anew.user_attrs = {key: value for key, value in trial.user_attrs.items() if key != WORKER}
    with quiet_experiments():
        RetryHeartbeatStaleTrialCallback(RETRIES)(study, anew)


def _this_process() -> str:
    process = psutil.Process()
    return f"{platform.node()}/{process.pid}/{process.create_time()}"


def _is_alive(worker: str) -> bool:
    machine, pid, started = worker.rsplit("/", 2)
    if machine != platform.node():
        return True  # not for us to know
    try:
        process = psutil.Process(int(pid))
        return process.create_time() == float(started) and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
