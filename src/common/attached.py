"""Commands that run on this terminal in our place: who stops us stops them."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

import psutil

CTRL_C = 128 + signal.SIGINT
"""Exit status of what was ended by Ctrl-C."""


def run_attached(command: Sequence[str], root: Path, environment: Mapping[str, str]) -> int:
    """Run a command on this terminal and return its exit status, as a shell would: 128 and the signal that ended it.

    Ctrl-C reaches the command too: it is waited for while it puts its things away, and the status is then CTRL_C.
    SIGTERM, which a terminal does not send to all, is passed on to the command and to everything it has started.
    """
    (status,) = run_copies(command, root, environment, 1)
    return status


def run_copies(command: Sequence[str], root: Path, environment: Mapping[str, str], copies: int) -> list[int]:
    """Run a command several times at once; as `run_attached` otherwise."""
    with ExitStack() as stack:
        running = [
            stack.enter_context(subprocess.Popen(command, cwd=root, env=environment))  # noqa: S603  # our own words
            for _ in range(copies)
        ]
        stack.enter_context(_passing_sigterm([process.pid for process in running]))
        return [_wait(process) for process in running]


def _wait(process: "subprocess.Popen[bytes]") -> int:
    interrupted = False
    while True:
        try:
            status = process.wait()
        except KeyboardInterrupt:
            interrupted = True
        else:
            return CTRL_C if interrupted else status if status >= 0 else 128 - status


@contextmanager
def _passing_sigterm(pids: Sequence[int]) -> Iterator[None]:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        for member in [member for pid in pids for member in _family(pid)]:
            with suppress(psutil.NoSuchProcess):
                member.send_signal(number)

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
