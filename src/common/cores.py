"""The same work on many things, on all cores that this process may use: joblib's processes, ended when it is done.

Threads would gain little: half of a normalisation is Python that holds the interpreter's lock. joblib is imported where
it is needed, as that takes long and few commands need it.
"""

import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from src.common.errors import WorkError
from src.common.interruption import sigterm_as_exit
from src.common.progress import progress_bar

_BATCH = 500
"""So many small items go to a process at once."""
_WORTH_PROCESSES = 5000
"""Small items; fewer are done by the time that processes have started."""
_IDLE_SECONDS = 20
"""So long a process waits for more; it is what ends those whose caller was killed by SIGKILL."""

_LOOK_SECONDS = 0.5

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


def allowed_cores() -> int:
    """Return the cores left by `taskset` and by a container's quota; of a quota of 1.5 both are counted.

    LOKY_MAX_CPU_COUNT sets a lower number.
    """
    from joblib import cpu_count  # noqa: PLC0415

    return int(cpu_count())


def on_all_cores(
    work: Callable[[Job], Outcome], items: Sequence[Job], title: str, workers: int | None = None
) -> list[Outcome]:
    """Return `work(item)` for each of very many small items, in their order, with a progress bar.

    Args:
        work: A function that other processes can import.
        items: What it is given, one at a time.
        title: What is done, in a word or two.
        workers: Processes, as many as allowed cores by default; a few items are done in this process.

    Raises:
        WorkError: A process was killed.
    """
    if workers is None:
        workers = allowed_cores() if len(items) >= _WORTH_PROCESSES else 1
    outcomes: list[Outcome] = []
    with progress_bar(title, len(items)) as advance:
        for outcome in _outcomes(work, items, workers, batch=_BATCH):
            outcomes.append(outcome)
            advance(1, "")
    return outcomes


def in_order(work: Callable[[Job], Outcome], jobs: Sequence[Job], workers: int) -> Iterator[Outcome]:
    """Yield `work(job)` for each job, in their order, as soon as it is known; errors as `as_they_end`."""
    return _outcomes(work, jobs, workers)


def as_they_end(work: Callable[[Job], Outcome], jobs: Sequence[Job], workers: int) -> Iterator[tuple[int, Outcome]]:
    """Yield the number and the outcome of each job as it ends, in no fixed order.

    Args:
        work: A function of a module; an error that it raises arrives as it is, and ends the others.
        jobs: What it is given; goes to other processes where `workers` is above 1.
        workers: Processes, of one thread each. They end with the last outcome, or with this iterator.

    Raises:
        WorkError: A process was killed.
        KeyboardInterrupt: Ctrl-C; the processes are ended, without a word of theirs.
        SystemExit: SIGTERM, where the caller does not handle it; the same.
    """
    return _outcomes(partial(_numbered, work), list(enumerate(jobs)), workers, kind="generator_unordered")


def _numbered(work: Callable[[Job], Outcome], job: tuple[int, Job]) -> tuple[int, Outcome]:
    return job[0], work(job[1])


def _outcomes(
    work: Callable[[Job], Outcome], jobs: Sequence[Job], workers: int, batch: int = 1, kind: str = "generator"
) -> Iterator[Outcome]:
    if workers == 1:
        yield from map(work, jobs)
        return
    from joblib import Parallel, delayed, parallel_config  # noqa: PLC0415
    from joblib.externals.loky import get_reusable_executor  # noqa: PLC0415
    from joblib.externals.loky.process_executor import TerminatedWorkerError  # noqa: PLC0415

    # That a process has been replaced, or has been ended with work left, as is wanted here.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"joblib\.")
    with parallel_config("loky", inner_max_num_threads=1, initializer=_begin, initargs=(os.getpid(),)):
        processes = Parallel(
            workers,
            return_as=kind,
            batch_size=batch,
            pre_dispatch=3 * workers * batch,
            idle_worker_timeout=_IDLE_SECONDS,
            max_nbytes=None,  # arrays are copied: read-only ones are not what PyTorch takes
        )
    try:
        with sigterm_as_exit():  # so that the processes end, too
            yield from processes(delayed(work)(job) for job in jobs)
    except TerminatedWorkerError:
        raise WorkError("a process was killed; free some memory and run the same command again") from None
    finally:
        get_reusable_executor(reuse=True).shutdown()


def _begin(caller: int) -> None:
    """Leave Ctrl-C to the caller, end with it, and let OpenCV start no threads, which would be in the others' way."""
    import cv2  # noqa: PLC0415  # not everyone who counts cores reads pictures

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(caller,), daemon=True).start()
    cv2.setNumThreads(1)


def _end_with(caller: int) -> None:
    """End this process soon after the one that has started it, which may be killed and then tells nobody."""
    while os.getppid() == caller:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)
