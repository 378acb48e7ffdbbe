"""What an operator may rely on from health.sh: what is dead is started again, what only waits is left alone.

No container runs: the script and tini, which is the init of an engine, run in a namespace of processes of their own.
"""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.composition import DEPLOY

SECONDS = 60.0
DEAF = "trap '' TERM; while true; do sleep 0.1; done"
NAMESPACE = ["unshare", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"]
UNHEALTHY = 1
ENDED = (UNHEALTHY, -9)
"""The check that ends its container may end with it."""


class Container:
    """A program with tini as its parent, in which checks can be run, as an engine does."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        self.process = process
        self._folder = folder

    def check(self, times: int, *commands: str, seconds: float | None = None) -> int:
        """Run the health check; one that takes longer is killed, and told as -9."""
        # Only inside of the namespace: the script ends all that it can see.
        inside = ["nsenter", "--target", str(self._init()), "--pid", "--mount"]
        check = subprocess.Popen([*inside, "sh", str(DEPLOY / "health.sh"), str(times), *commands])
        try:
            return check.wait(seconds or SECONDS)
        except subprocess.TimeoutExpired:
            check.kill()
            return check.wait()

    def ends(self, within: float) -> bool:
        try:
            self.process.wait(within)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _init(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0])

    def wait(self) -> None:
        deadline = time.monotonic() + SECONDS
        while not (self._folder / "runs").exists():
            assert time.monotonic() < deadline, "it did not start"
            time.sleep(0.05)


@contextmanager
def container(folder: Path, program: str) -> Iterator[Container]:
    start = (
        f"mount -t tmpfs none /dev/shm && exec tini -- sh -c 'touch {folder}/runs; {program.replace(chr(39), chr(34))}'"
    )
    with subprocess.Popen([*NAMESPACE, "sh", "-c", start]) as process:
        running = Container(process, folder)
        try:
            running.wait()
            yield running
        finally:
            process.kill()


@pytest.fixture(autouse=True)
def namespaces() -> None:
    if not all(map(shutil.which, ("unshare", "nsenter", "tini"))):
        pytest.skip("tini or util-linux is not installed: apt-get install tini")
    if subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not make a namespace of processes")


def test_what_works_is_healthy_and_runs_on(tmp_path: Path) -> None:
    with container(tmp_path, DEAF) as running:
        assert [running.check(1, "true", "false") for _ in range(4)] == [0, 0, 0, 0]
        assert not running.ends(0.5)


def test_what_is_live_and_waits_for_another_is_unhealthy_and_runs_on(tmp_path: Path) -> None:
    with container(tmp_path, DEAF) as running:
        assert [running.check(1, "false", "true") for _ in range(4)] == [UNHEALTHY] * 4
        assert not running.ends(0.5)


def test_what_is_dead_is_ended_after_so_many_checks_running(tmp_path: Path) -> None:
    with container(tmp_path, "sleep 600") as running:
        assert [running.check(3, "false", "false") for _ in range(2)] == [UNHEALTHY] * 2
        assert running.check(3, "true", "false") == 0  # it lives: they are counted anew
        assert [running.check(3, "false") for _ in range(3)] == [UNHEALTHY] * 3
        assert not running.ends(0.5)
        assert running.check(3, "false") in ENDED
        assert running.ends(5)


def test_what_does_not_hear_the_signal_is_killed(tmp_path: Path) -> None:
    with container(tmp_path, DEAF) as running:
        running.check(1, "false")
        running.check(1, "false")
        assert not running.ends(1)
        assert running.ends(SECONDS)
        assert running.process.returncode != 0


def test_a_check_that_the_engine_kills_counts(tmp_path: Path) -> None:
    with container(tmp_path, "sleep 600") as running:
        assert [running.check(2, "sleep 600", seconds=0.5) for _ in range(2)] == [-9, -9]
        assert running.check(2, "sleep 600") in ENDED
        assert running.ends(5)
