"""How a stage ends when somebody stops it: SIGTERM becomes an exception, so that what is open can be closed."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_STOPPED = {128 + signal.SIGINT, 128 + signal.SIGTERM}
"""Exit statuses of a command that was stopped from outside."""


@contextmanager
def sigterm_as_exit() -> Iterator[None]:
    """Let SIGTERM raise `SystemExit(143)` in the block.

    Nothing changes where the caller handles or ignores that signal itself, and in a thread, which cannot.
    """
    main_thread = threading.current_thread() is threading.main_thread()
    if not main_thread or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def end_status(error: BaseException | None) -> str:
    """Name, in MLflow's words, how a run ended that ended with `error`: FINISHED, KILLED or FAILED."""
    if isinstance(error, KeyboardInterrupt):
        return "KILLED"
    if isinstance(error, SystemExit):
        return "KILLED" if error.code in _STOPPED else "FAILED" if error.code else "FINISHED"
    return "FAILED" if error else "FINISHED"
