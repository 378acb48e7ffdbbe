"""Progress bars for work that takes longer than two seconds, on a terminal only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

PATIENCE_SECONDS = 2.0


@contextmanager
def late_progress(
    *columns: ProgressColumn, after_seconds: float = PATIENCE_SECONDS, console: Console | None = None
) -> Iterator[Progress]:
    """Yield bars of these columns on stderr that show themselves after a while; off a terminal they stay hidden."""
    console = console or Console(stderr=True)
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    timer = Timer(after_seconds, progress.start)
    timer.daemon = True
    timer.start()
    try:
        yield progress
    finally:
        timer.cancel()
        timer.join()
        progress.stop()


@contextmanager
def progress_bar(description: str, total: int) -> Iterator[Callable[[int, str], None]]:
    """Yield `advance(steps, note)`.

    Args:
        description: What is done, in a word or two.
        total: How many steps there are.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with late_progress(*columns, TimeRemainingColumn(), TextColumn("{task.fields[note]}")) as progress:
        task = progress.add_task(description, total=total, note="")

        def advance(steps: int, note: str = "") -> None:
            progress.update(task, advance=steps, note=note)

        yield advance
