"""How the tests are shared out among processes (`make test` starts one for each allowed core)."""

import signal
from pathlib import Path

import pytest

from src.allowed_cores import allowed_cores

TESTS = Path(__file__).parent
# Where who started us ignores Ctrl-C (a job in the background), all that a test starts would ignore it, too.
signal.signal(signal.SIGINT, signal.default_int_handler)

WHOLE = ("pipeline", "services", "notebooks")
"""Folders whose tests share what takes long to make: a pipeline that has run, a database server."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start a process for each core that is allowed, not for each that is there."""
    return allowed_cores()


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in this hook, too
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep folders or files together in one process, and begin with the slowest: the others then fit beside it."""
    items.sort(key=lambda item: _folder(item) != WHOLE[0])
    for item in items:
        folder = _folder(item)
        item.add_marker(pytest.mark.xdist_group(folder if folder in WHOLE else str(item.path)))


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).parts[0]
