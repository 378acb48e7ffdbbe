"""How the tests are shared out among processes (`make test` starts one for each allowed core)."""

import os
import signal
from pathlib import PurePosixPath

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from src.common.cores import allowed_cores

# Where who started us ignores Ctrl-C (a job in the background), all that a test starts would ignore it, too.
signal.signal(signal.SIGINT, signal.default_int_handler)

# What `make test ARGS=...` was told is not for the `make` of a test.
for name in ("ARGS", "MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS"):
    os.environ.pop(name, None)

# No test asserts times: a machine with much other work is slow.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

WHOLE = ("services", "notebooks")
"""Folders whose tests share what takes long to make, such as a database server."""
LONGEST = ("pipeline/test_whole_run.py", "services", "pipeline", "models/test_tune.py")
"""Folders and files to begin with; the first makes what others of its folder wait for."""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps the tests of a file in one process, and those of some folders.

    xdist's own groups are of no effect: pytest 9.2 does not look at the name that xdist 3.8 gives a test.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return folder if (folder := _folder(file)) in WHOLE else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start a process for each core that is allowed, not for each that is there."""
    return allowed_cores()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Share the tests out as `ByFile` says."""
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slowest: the others then fit beside it."""
    items.sort(key=lambda item: _place(item.nodeid.partition("::")[0]))


def _place(file: str) -> int:
    path = PurePosixPath(file).relative_to("tests")
    return next((place for place, name in enumerate(LONGEST) if path.is_relative_to(name)), len(LONGEST))


def _folder(file: str) -> str:
    return PurePosixPath(file).parts[1]
