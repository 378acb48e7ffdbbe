import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import psutil
import pytest

from src.common.cores import allowed_cores, as_they_end, in_order, on_all_cores
from src.common.errors import InputError, WorkError

ROOT = Path(__file__).parents[2]


def asked(code: str, cores: list[int], **variables: str) -> str:
    """Run Python where only some cores are allowed."""
    script = f"import os; os.sched_setaffinity(0, {cores}); {code}"
    kept = {name: value for name, value in os.environ.items() if name not in {"OMP_NUM_THREADS", "LOKY_MAX_CPU_COUNT"}}
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=kept | variables, capture_output=True, text=True, check=True
    ).stdout


def test_as_many_are_counted_as_are_allowed() -> None:
    first = sorted(os.sched_getaffinity(0))[:1]
    assert asked("from src.common.cores import allowed_cores; print(allowed_cores())", first) == "1\n"
    assert 1 <= allowed_cores() <= (psutil.cpu_count() or 1)


# The kernel's file is told, for only a container's owner can set it.
@pytest.mark.parametrize("quota", ["100000 100000", "50000 100000"])
def test_a_container_s_quota_counts(quota: str) -> None:
    code = (
        "import builtins, io; own, there, limit = open, os.path.exists, '/sys/fs/cgroup/cpu.max';"
        f"builtins.open = lambda p, *a, **k: io.StringIO({quota!r}) if p == limit else own(p, *a, **k);"
        "os.path.exists = lambda p: p == limit or there(p);"
        "from src.common.cores import allowed_cores; print(allowed_cores())"
    )
    assert asked(code, sorted(os.sched_getaffinity(0))) == "1\n"


def test_no_other_module_counts_cores() -> None:
    words = ("cpu_count(", "process_cpu_count(", "ProcessPoolExecutor(allowed")
    modules = [path for folder in ("src", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    found = [path for path in modules if any(word in path.read_text("utf-8") for word in words)]
    assert found == [ROOT / "src/common/cores.py"]


def square(number: int) -> int:
    return number * number


def kill_itself(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(number: int) -> int:
    raise InputError(f"{number}: no picture; fetch it again")


def threads(_number: int) -> tuple[int, str | None]:
    return cv2.getNumThreads(), os.environ.get("OMP_NUM_THREADS")


@pytest.mark.parametrize("count", [0, 1, 500, 1700])
@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_items(count: int, workers: int) -> None:
    numbers = range(count)
    assert on_all_cores(square, numbers, "squaring", workers) == [number * number for number in numbers]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_job_is_done_once_however_many_processes_work(workers: int) -> None:
    assert sorted(as_they_end(square, [3, 1, 2], workers)) == [(0, 9), (1, 1), (2, 4)]


def wait_for(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_a_job_is_told_of_as_it_ends_and_not_after_those_before_it() -> None:
    assert next(as_they_end(wait_for, [30.0, 0.0], 2)) == (1, 0.0)


def test_a_killed_process_is_an_error_in_one_line_and_not_a_wait_without_end() -> None:
    with pytest.raises(WorkError, match=r"^a process was killed; free some memory and run the same command again$"):
        list(as_they_end(kill_itself, [1, 2], 2))


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_of_the_work_arrives_as_it_is(workers: int) -> None:
    with pytest.raises(InputError, match=r"^0: no picture; fetch it again$"):
        on_all_cores(refuse, range(1), "squaring", workers)


def test_an_error_of_a_job_ends_no_process_but_its_own() -> None:
    with subprocess.Popen(["sleep", "600"]) as other:
        with pytest.raises(InputError, match="no picture"):
            list(as_they_end(refuse, [1, 2], 2))
        time.sleep(0.5)  # a signal may be on its way
        assert other.poll() is None
        other.kill()


def test_a_process_has_one_thread() -> None:
    assert list(in_order(threads, [1, 2], 2)) == [(1, "1")] * 2


def working() -> list[psutil.Process]:
    """Return the children that work: trackers of what they leave behind end with this process."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "resource_tracker" not in " ".join(child.cmdline())]


def test_no_process_outlives_its_work_whether_all_was_asked_for_or_not() -> None:
    before = working()
    assert list(in_order(square, [1, 2, 3], 2)) == [1, 4, 9]
    assert working() == before
    outcomes = in_order(wait_for, [0.0, 600.0, 600.0], 2)
    assert next(outcomes) == 0.0
    assert len(working()) == len(before) + 2
    outcomes.close()  # type: ignore[attr-defined]  # what yields has it
    assert working() == before


def stopped_by(sent: signal.Signals, before: str, marks: list[str]) -> tuple[int, str]:
    """Run two long jobs, send their caller a signal and return its exit status and what it said."""
    code = f"{before}from tests.common.test_cores import *; list(as_they_end(begin_a_long_job, {marks}, 2))"
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
    # A shell that starts this in the background ignores SIGINT for it.
    before = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    _, said = stopped_by(signal.SIGINT, before, [str(tmp_path / name) for name in ("one", "two")])
    assert said.count("Traceback") == 1
    assert said.rstrip().endswith("KeyboardInterrupt")


def test_in_the_background_where_ctrl_c_is_ignored_sigterm_ends_the_processes(tmp_path: Path) -> None:
    before = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN);"
    status, said = stopped_by(signal.SIGTERM, before, [str(tmp_path / name) for name in ("one", "two")])
    assert (status, said) == (128 + signal.SIGTERM, "")


@pytest.mark.parametrize(
    ("sent", "status"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 128 + signal.SIGTERM)]
)
def test_processes_end_with_a_caller_that_is_killed(sent: signal.Signals, status: int, tmp_path: Path) -> None:
    marks = [str(tmp_path / name) for name in ("one", "two")]
    assert stopped_by(sent, "", marks)[0] == status  # waits for the processes, too
