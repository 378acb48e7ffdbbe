"""The same work on very many pictures, with a process on each core."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import cv2

from src.common.allowed_cores import allowed_cores
from src.common.errors import WorkError
from src.common.progress import progress_bar

_CHUNK = 500
_WORTH_PROCESSES = 5000

Item = TypeVar("Item")
Result = TypeVar("Result")


def on_all_cores(
    work: Callable[[Item], Result], items: Sequence[Item], title: str, workers: int | None = None
) -> list[Result]:
    """Return `work(item)` for each item, in their order, with a progress bar.

    Args:
        work: A function that other processes can import.
        items: What it is given, one at a time.
        title: What is done, in a word or two.
        workers: Processes, as many as there are allowed cores by default; a few items are done in this process.
            Threads would gain little: half of a normalisation is Python that holds the interpreter's lock.

    Raises:
        WorkError: A process was killed.
    """
    chunks = [items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK)]
    if workers is None:
        workers = allowed_cores() if len(items) >= _WORTH_PROCESSES else 1
    if workers == 1:
        return _collect(map(partial(_work_through, work), chunks), title, len(chunks))
    try:
        with _one_thread_each(), ProcessPoolExecutor(workers) as pool:
            return _collect(pool.map(partial(_work_through, work), chunks), title, len(chunks))
    except BrokenProcessPool:
        raise WorkError(f"{title}: a process was killed; free some memory and run `dvc repro`") from None


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Keep OpenCV from starting threads of its own, which would only be in the way of the other processes."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def _work_through(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    return [work(item) for item in items]


def _collect(chunks: Iterable[list[Result]], title: str, count: int) -> list[Result]:
    collected: list[Result] = []
    with progress_bar(title, count) as advance:
        for chunk in chunks:
            collected += chunk
            advance(1, "")
    return collected
