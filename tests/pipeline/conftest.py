"""Clones of the working tree in which a small pipeline has run, for the tests of whole runs.

The pipeline runs once for all of pytest's processes; the tests of a file get a copy of it, in a folder with a space.
Its path is ASCII: DVC itself (3.67.1) cannot set up a queued or temporary experiment under any other.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from types import MappingProxyType

import psutil
import pytest
from filelock import FileLock
from mlflow import MlflowClient
from mlflow.entities import Run as MlflowRun

from benchmarks.killed_clone import SMALL
from src.config.apply_params import replace_values
from tests.default_params import PARAMS

ROOT = Path(__file__).parents[2]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(**more: str) -> dict[str, str]:
    """Return this process's environment with our own interpreter first, and nothing of DVC or MLflow."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DVC_", "MLFLOW_", "RAW_", "GIT_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    identity = {
        f"GIT_{role}_{field}": value
        for role in ("AUTHOR", "COMMITTER")
        for field, value in (("NAME", "Test"), ("EMAIL", "test@example.org"))
    }
    return {**kept, **identity, "PATH": path, "DVC_NO_ANALYTICS": "1", **more}


def copy_tree(target: Path, values: Mapping[str, int | float | str] = MappingProxyType(SMALL)) -> None:
    """Copy what git tracks or would track, changed or not but for params.yaml, and commit it.

    Args:
        target: Of the copy.
        values: What params.yaml says there instead of the defaults.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    params = target / "params.yaml"
    params.write_text(replace_values(PARAMS.read_text(encoding="utf-8"), values), encoding="utf-8")
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Run on the sample"]):
        subprocess.run(["git", *command], cwd=target, check=True, env=environment())


def end_all_in(folder: Path) -> None:
    """Kill what still runs in a folder, such as DVC's workers."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if Path(process.cwd()).is_relative_to(folder):
                process.kill()


def run_in(folder: Path, *command: str, check: bool = True, **more: str) -> "subprocess.CompletedProcess[str]":
    """Run a command, and fail with all it said."""
    # Files, not pipes: a daemon that `dvc queue start` leaves behind would hold a pipe open, and us waiting.
    with TemporaryFile("w+", encoding="utf-8") as said, TemporaryFile("w+", encoding="utf-8") as errors:
        done = subprocess.run(
            command, cwd=folder, env=environment(**more), stdin=subprocess.DEVNULL, stdout=said, stderr=errors,
            timeout=900, check=False,
        )  # fmt: skip
        for stream in (said, errors):
            stream.seek(0)
        answer = subprocess.CompletedProcess(command, done.returncode, said.read(), errors.read())
    assert not check or answer.returncode == 0, f"{command}\n{answer.stdout}\n{answer.stderr}"
    return answer


def shell(command: str, folder: Path, **more: str) -> str:
    """Run a line of the manual and return all that it says, errors too."""
    # The environment is the suite's own, whose state `make` is not to mend.
    line = re.sub(r"^make ", "make -o .venv/.installed ", command)
    done = run_in(folder, "bash", "-c", line, check=True, **more)
    return done.stdout + done.stderr


def lend_environment(folder: Path, *ignored: str) -> None:
    """Give a clone the suite's environment, and let git ignore that and what else is told."""
    (folder / ".venv").symlink_to(Path(sys.executable).parent.parent)
    with (folder / ".git/info/exclude").open("a", encoding="utf-8") as stream:
        stream.writelines(f"{name}\n" for name in ("/.venv", *ignored))


def wait_for_queue(folder: Path) -> None:
    """Wait until nothing that DVC has queued is left to run."""
    until = time.monotonic() + 800
    while any(word in run_in(folder, "dvc", "queue", "status").stdout for word in ("Queued", "Running")):
        assert time.monotonic() < until, "the queue does not end"
        # Asking takes DVC seconds of a processor, which the experiments need.
        time.sleep(8)


def tracked_runs(root: Path, condition: str) -> list[MlflowRun]:
    """Return the runs in a clone's MLflow for which a condition holds."""
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    return list(client.search_runs(experiments, condition))


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone after `dvc repro`, with dvc.lock committed; whoever needs it first makes it, and nobody changes it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, target = shared / "made", shared / "a small run" / "pysar"
    with FileLock(shared / "made.lock"):
        if not made.exists():
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True)
            copy_tree(target)
            run_in(target, "dvc", "repro")
            run_in(target, "git", "add", "--all")
            run_in(target, "git", "commit", "--quiet", "--message", "Reproduce")
            made.touch()
    return target


@pytest.fixture(scope="module")
def reproduced(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy for the tests of one file; what still runs in it at the end is ended."""
    target = tmp_path_factory.mktemp("a clone") / "pysar"
    shutil.copytree(made_once, target, symlinks=True)
    yield target
    end_all_in(target)


@pytest.fixture(scope="module")
def run(reproduced: Path) -> Run:
    """Return a function that runs a command in the clone and fails with all it said."""
    return partial(run_in, reproduced)
