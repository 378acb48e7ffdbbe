import multiprocessing
import os
from pathlib import Path

import optuna
import pytest

from src.models.search.worker import Worker
from tests.full_disk import largest_file
from tests.models.study_factory import journal_study
from tests.tracking.tracked import one_warning

TORN = [
    b'{"op_code":4,"worker_id":"x","tri',
    b'{"op_code":4,"worker_id"{"op_code":4,"worker_id":"x"}\n',
    b'{"op_code":4,"worker_id"{"op_code":4,"worker_id":"x"}\n{"op_code":4}\n',
    b"\x00" * 100,
    b"\xff\xfe\n",
    b"[1, 2]\n",
]


def journal(folder: Path) -> Path:
    return folder / "studies.journal"


@pytest.mark.parametrize("torn", TORN)
def test_a_torn_end_is_set_aside_and_the_study_goes_on(
    torn: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal_study(tmp_path).add_trial(optuna.create_trial(value=0.5))
    with journal(tmp_path).open("ab") as stream:
        stream.write(torn)
    again = journal_study(tmp_path)
    again.add_trial(optuna.create_trial(value=0.7))
    assert [trial.value for trial in journal_study(tmp_path).trials] == [0.5, 0.7]
    assert "studies.journal.torn" in one_warning(caplog)
    assert (tmp_path / "studies.journal.torn").read_bytes() == torn


@pytest.mark.parametrize("room", [0, 1, 40, 100])
def test_a_full_disk_ends_the_work_and_the_same_command_goes_on(
    room: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    study = journal_study(tmp_path)
    study.add_trial(optuna.create_trial(value=0.5))
    kept = journal(tmp_path).read_bytes()

    def objective(trial: optuna.Trial) -> float:
        return trial.suggest_float("x", 0, 1)

    with largest_file(len(kept) + room), pytest.raises(OSError, match=r"studies\.journal"):
        Worker(study, objective, 3).work()
    assert journal(tmp_path).read_bytes().startswith(kept)
    assert journal(tmp_path).read_bytes().endswith(b"\n")
    again = journal_study(tmp_path)
    assert Worker(again, objective, 3).work() == 2
    assert len(again.get_trials(states=(optuna.trial.TrialState.COMPLETE,))) == 3
    assert not any("torn" in record.getMessage() for record in caplog.records)


def test_a_lock_that_a_killed_process_left_is_taken_away_wherever_the_journal_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kept").mkdir()
    process = multiprocessing.get_context("fork").Process(target=_die_with_the_lock)
    process.start()
    process.join(timeout=60)
    (lock,) = tmp_path.glob("kept/*.lock")
    assert lock.exists()  # the link leads somewhere: Optuna asks how old that is, and would ask for ever


def _die_with_the_lock() -> None:
    storage = journal_study(Path("kept"))._storage
    backend = storage._backend  # type: ignore[attr-defined]
    backend._lock.acquire()
    os._exit(1)
