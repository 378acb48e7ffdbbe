import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from src.common.attached import run_attached

ROOT = Path(__file__).parents[2]
PARENT = """\
import os, pathlib, sys
from src.common.attached import run_attached
sys.exit(run_attached(sys.argv[2:], pathlib.Path(sys.argv[1]), os.environ))
"""
CHILD = """\
import os, pathlib, time
try:
    pathlib.Path("started").write_text(str(os.getpid()))
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(1)
    pathlib.Path("put away").touch()
"""


@contextmanager
def started(folder: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run `run_attached` in a process group of its own, once what it has started has written `started`."""
    whole = [sys.executable, "-c", PARENT, str(folder), *command]
    with subprocess.Popen(whole, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE) as process:
        until = time.monotonic() + 30
        while not (folder / "started").is_file() or not (folder / "started").read_text(encoding="utf-8"):
            assert time.monotonic() < until
            time.sleep(0.05)
        yield process


def test_the_exit_status_passes_through(tmp_path: Path) -> None:
    assert run_attached([sys.executable, "-c", "raise SystemExit(7)"], tmp_path, os.environ) == 7


def test_a_command_that_a_signal_ended_has_the_status_that_a_shell_gives(tmp_path: Path) -> None:
    script = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert run_attached([sys.executable, "-c", script], tmp_path, os.environ) == 128 + signal.SIGKILL


def test_ctrl_c_waits_until_the_command_has_put_its_things_away(tmp_path: Path) -> None:
    with started(tmp_path, sys.executable, "-c", CHILD) as process:
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert (tmp_path / "put away").exists()
    assert errors == b""


@pytest.mark.parametrize("wrapper", [[], ["sh", "-c", '"$@"; exit $?', "sh"]])
def test_sigterm_ends_the_command_and_what_it_has_started(wrapper: list[str], tmp_path: Path) -> None:
    with started(tmp_path, *wrapper, sys.executable, "-c", CHILD) as process:
        worker = psutil.Process(int((tmp_path / "started").read_text(encoding="utf-8")))
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        worker.wait(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM
    assert errors.strip() in {b"", b"Terminated"}


def test_sigterm_is_ours_again_once_the_command_has_ended(tmp_path: Path) -> None:
    run_attached([sys.executable, "-c", ""], tmp_path, os.environ)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
