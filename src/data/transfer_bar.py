"""A progress bar that is drawn only for work that takes its time, and only on a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn


class TransferBar:
    """Counts the bytes of one transfer."""

    def __init__(self, progress: Progress, title: str) -> None:
        """Start at 0 of an unknown number of bytes."""
        self._progress = progress
        self._task = progress.add_task(title, total=None)

    def expect(self, total: int | None) -> None:
        """Set how many bytes will come in all; None where it is not known."""
        self._progress.update(self._task, total=total)

    def advance(self, count: int) -> None:
        """Count that many bytes more."""
        self._progress.advance(self._task, count)


@contextmanager
def transfer_bar(title: str, *, after_seconds: float = 2.0, console: Console | None = None) -> Iterator[TransferBar]:
    """Yield a bar on stderr that shows itself after a while and leaves no trace; off a terminal it stays hidden."""
    console = console or Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    progress = Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not console.is_terminal
    )
    timer = Timer(after_seconds, progress.start)
    timer.daemon = True
    timer.start()
    try:
        yield TransferBar(progress, title)
    finally:
        timer.cancel()
        timer.join()
        progress.stop()
