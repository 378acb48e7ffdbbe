"""A progress bar that counts the bytes of one transfer."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from src.common.progress import PATIENCE_SECONDS, late_progress


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
def transfer_bar(
    title: str, *, after_seconds: float = PATIENCE_SECONDS, console: Console | None = None
) -> Iterator[TransferBar]:
    """Yield a bar on stderr that shows itself after a while."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with late_progress(*columns, TimeRemainingColumn(), after_seconds=after_seconds, console=console) as progress:
        yield TransferBar(progress, title)
