"""Commands that run on this terminal in our place: who stops us stops them."""

import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
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
    with subprocess.Popen(command, cwd=root, env=environment) as process, _passing_sigterm(process.pid):  # noqa: S603  # our own words
        interrupted = False
        while True:
            try:
                status = process.wait()
            except KeyboardInterrupt:
                interrupted = True
            else:
                return CTRL_C if interrupted else status if status >= 0 else 128 - status


@contextmanager
def _passing_sigterm(pid: int) -> Iterator[None]:
    def pass_on(number: int, _frame: FrameType | None) -> None:
        try:
            command = psutil.Process(pid)
            family = [command, *command.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        for member in family:
            try:
                member.send_signal(number)
            except psutil.NoSuchProcess:
                continue

    before = signal.signal(signal.SIGTERM, pass_on)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
