import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from src.common.errors import InputError, WorkError
from src.common.parallel import each_of

ROOT = Path(__file__).parents[2]


def square(number: int) -> int:
    return number * number


def kill_itself(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("workers", [1, 2])
def test_every_job_is_done_once_however_many_processes_work(workers: int) -> None:
    assert sorted(each_of([3, 1, 2], square, workers)) == [(0, 9), (1, 1), (2, 4)]


def test_a_killed_process_is_an_error_and_not_a_wait_without_end() -> None:
    with pytest.raises(WorkError, match="a process was killed"):
        list(each_of([1, 2], kill_itself, 2))


def refuse(number: int) -> int:
    raise InputError(f"{number} is refused")


def test_an_error_of_a_job_is_the_callers_and_ends_no_process_but_its_own() -> None:
    with subprocess.Popen(["sleep", "600"]) as other:
        with pytest.raises(InputError, match="is refused"):
            list(each_of([1, 2], refuse, 2))
        time.sleep(0.5)  # a signal may be on its way
        assert other.poll() is None
        other.kill()


def stopped_by(sent: signal.Signals, before: str, marks: list[str]) -> tuple[int, str]:
    """Run two long jobs, send their caller a signal and return its exit status and what it said."""
    code = f"{before}from tests.common.test_parallel import *; list(each_of({marks}, begin_a_long_job, 2))"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not all(Path(mark).exists() for mark in marks):
            assert process.poll() is None
            time.sleep(0.05)
        (os.killpg if sent == signal.SIGINT else os.kill)(process.pid, sent)
        _, said = process.communicate(timeout=60)  # ends when all that hold stderr have ended
    return process.returncode, said


def begin_a_long_job(mark: str) -> None:
    Path(mark).touch()
    time.sleep(600)


def test_ctrl_c_ends_the_processes_and_only_the_caller_speaks(tmp_path: Path) -> None:
    _, said = stopped_by(signal.SIGINT, "", [str(tmp_path / name) for name in ("one", "two")])
    assert said.count("Traceback") == 1
    assert said.rstrip().endswith("KeyboardInterrupt")


def test_in_the_background_where_ctrl_c_is_ignored_sigterm_ends_the_processes(tmp_path: Path) -> None:
    before = (
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN);"
        "from src.common.interruption import sigterm_as_exit; held = sigterm_as_exit(); held.__enter__();"
    )
    status, said = stopped_by(signal.SIGTERM, before, [str(tmp_path / name) for name in ("one", "two")])
    assert (status, said) == (128 + signal.SIGTERM, "")
