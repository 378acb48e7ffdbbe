"""A progress bar for work that takes longer than two seconds, on a terminal only."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

_PATIENCE_SECONDS = 2.0


@contextmanager
def progress_bar(description: str, total: int) -> Iterator[Callable[[int, str], None]]:
    """Yield `advance(steps, note)`; the bar appears once two seconds have passed.

    Args:
        description: What is done, in a word or two.
        total: How many steps there are.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    more = (TimeRemainingColumn(), TextColumn("{task.fields[note]}"))
    bar = Progress(*columns, *more, console=Console(stderr=True), disable=not sys.stderr.isatty())
    task = bar.add_task(description, total=total, note="")
    patient_until = time.monotonic() + _PATIENCE_SECONDS

    def advance(steps: int, note: str = "") -> None:
        if not bar.live.is_started and time.monotonic() > patient_until:
            bar.start()
        bar.update(task, advance=steps, note=note)

    try:
        yield advance
    finally:
        bar.stop()
