"""Which values a study tries is settled by its seed and the trial's number, not by who works on it."""

from pathlib import Path

import optuna
import pytest

from tests.models.study_factory import SEARCH, journal_study

LONG = SEARCH.model_copy(update={"startup_trials": 4})
TRIALS = 9


def objective(trial: optuna.Trial) -> float:
    rate = trial.suggest_float("rate", 1e-3, 1e-1, log=True)
    return -abs(rate - 0.01) - 0.001 * trial.suggest_categorical("size", [1, 2, 3])


def tried(folder: Path, rounds: tuple[int, ...] = (TRIALS,), seed: int = 1) -> list[dict[str, float]]:
    """Return the values that a study tries, which is opened anew for each round of so many trials."""
    folder.mkdir()
    search = LONG.model_copy(update={"seed": seed})
    for count in rounds:
        journal_study(folder, search=search).optimize(objective, n_trials=count)
    return [trial.params for trial in journal_study(folder, search=search).trials]


def test_a_study_with_one_worker_takes_the_same_way_each_time(tmp_path: Path) -> None:
    once = tried(tmp_path / "once")
    assert tried(tmp_path / "again") == once
    assert len({values["rate"] for values in once}) == TRIALS


@pytest.mark.parametrize("rounds", [(1,) * TRIALS, (4, 5), (2, 6, 1)])
def test_a_study_that_is_stopped_and_gone_on_with_takes_the_same_way(tmp_path: Path, rounds: tuple[int, ...]) -> None:
    assert tried(tmp_path / "in rounds", rounds) == tried(tmp_path / "at once")


def test_another_seed_takes_another_way(tmp_path: Path) -> None:
    first, second = tried(tmp_path / "first"), tried(tmp_path / "second", seed=2)
    assert not {values["rate"] for values in first} & {values["rate"] for values in second}


def test_two_workers_that_begin_together_try_other_values(tmp_path: Path) -> None:
    one, other = journal_study(tmp_path, search=LONG), journal_study(tmp_path, search=LONG)
    rates = [worker.ask().suggest_float("rate", 1e-3, 1e-1, log=True) for _ in range(3) for worker in (one, other)]
    assert len(set(rates)) == 6
