"""The same work on many things in several processes, each of which is told once who ends it: this one."""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

import psutil

from src.common.errors import WorkError

Job = TypeVar("Job")
Outcome = TypeVar("Outcome")


def each_of(jobs: Sequence[Job], work: Callable[[Job], Outcome], workers: int) -> Iterator[tuple[int, Outcome]]:
    """Yield the number and the outcome of each job as it ends, in no fixed order.

    Args:
        jobs: What `work` is called with; goes to other processes where `workers` is above 1.
        work: A function of a module.
        workers: Processes.

    Raises:
        WorkError: A process was killed.
        KeyboardInterrupt: Ctrl-C; the processes are ended, without a word of theirs.
    """
    if workers == 1:
        yield from ((number, work(job)) for number, job in enumerate(jobs))
        return
    others = set(psutil.Process().children())
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_leave_ctrl_c_to_the_parent) as pool:
        numbers = {pool.submit(work, job): number for number, job in enumerate(jobs)}
        try:
            for done in as_completed(numbers):
                yield numbers[done], done.result()
        except BrokenProcessPool:
            raise WorkError("a process was killed; free some memory, and run the same command again") from None
        except BaseException:  # what has not ended is not wanted any more
            pool.shutdown(wait=False, cancel_futures=True)
            for child in set(psutil.Process().children()) - others:
                child.terminate()
            raise


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
