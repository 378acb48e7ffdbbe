"""Runs the tests of a mutated module in a forked process: `python -m benchmarks.mutants.server SOCKET`.

What the tests import is imported once, but for our own code; so a mutant costs its tests, and not the seconds before.
A connection asks for the tests of the module that git calls changed, and is answered with a byte, pytest's status.
"""

import contextlib
import importlib
import os
import select
import signal
import socket
import sys
from pathlib import Path

import pytest

from src.common.git import ask_git
from src.workspace.measurements import module_tests

_PRELOADED = (
    "cv2", "hypothesis", "joblib", "mlflow", "numpy", "onnxruntime", "pandas", "pandera.pandas", "PIL.Image",
    "pydantic", "rich.progress", "safetensors", "scipy.stats", "sklearn.model_selection", "torch", "xdist",
)  # fmt: skip
_QUIET = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain"]
"""Assertions stay as they are: pytest can rewrite nothing that is imported already, and would stop at that."""


def changed_module() -> Path:
    """Return the module that is mutated now."""
    (name,) = ask_git(Path.cwd(), "diff", "--name-only").decode().split()
    return Path(name)


def run_tests(tests: list[Path]) -> int:
    """Return pytest's status, without a word."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    return int(pytest.main([*_QUIET, *map(str, tests)]))


def answer(connection: socket.socket) -> None:
    """Run the tests in a process of their own, which ends with the connection."""
    tests = module_tests(changed_module())
    process = os.fork()
    if process == 0:
        os.setsid()
        os._exit(run_tests(tests) & 0xFF)
    ended = os.pidfd_open(process)
    ready, _, _ = select.select([ended, connection.fileno()], [], [])
    if ended not in ready:  # cosmic-ray has given the mutant up
        os.killpg(process, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    os.close(ended)
    with contextlib.suppress(OSError):
        connection.sendall(bytes([status & 0xFF]))


def main(path: str) -> None:
    """Answer until the process is ended."""
    for name in _PRELOADED:
        importlib.import_module(name)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        while True:
            connection, _ = server.accept()
            with connection:
                answer(connection)


if __name__ == "__main__":
    main(sys.argv[1])
