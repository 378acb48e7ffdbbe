"""The stage `pretrain` in two processes, started by torchrun in a folder of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from ruamel.yaml import YAML

from src.data.table import write_table
from src.models.corpora import TABLES
from src.params import Params, load_params
from src.sections import Compute
from tests.models.factory import NETWORK, PRETRAIN, corpora

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 300
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")

PARAMS = load_params(ROOT / "params.yaml").model_copy(
    update={
        "compute": Compute(device="cpu", precision="float32"),
        "network": NETWORK,
        "pretrain": PRETRAIN.model_copy(update={"epochs": 12, "learning_rate": 0.001}),
    }
)


def fill_folder(folder: Path, params: Params = PARAMS) -> None:
    """Write what the stage reads."""
    with pytest.MonkeyPatch.context() as patched:
        folder.mkdir()
        patched.chdir(folder)
        YAML().dump(params.model_dump(), Path("params.yaml"))
        for name, table in corpora().items():
            write_table(table, TABLES[name])


def environment(folder: Path, store: Path, **more: str) -> dict[str, str]:
    """Return the environment of a stage whose root is the folder, and whose MLflow experiment has its name."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DVC_", "MLFLOW_"))}
    own = {"PYTHONPATH": str(ROOT), "DVC_ROOT": str(folder), "OMP_NUM_THREADS": "1"}
    tracking = {"MLFLOW_TRACKING_URI": f"sqlite:///{store}/mlflow.db", "MLFLOW_EXPERIMENT_NAME": folder.name}
    return {**kept, **own, **tracking, **more}


@contextmanager
def started(folder: Path, store: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """Start `pretrain` in two processes, with more options of torchrun."""
    command = [*TORCHRUN, *options, "-m", "src.models.pretrain"]
    with subprocess.Popen(
        command, cwd=folder, env=environment(folder, store), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process


def train_together(folder: Path, store: Path) -> str:
    """Run `pretrain` in two processes to its end; return what it said."""
    with started(folder, store) as process:
        said, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, errors
    return said + errors


def member(process: "subprocess.Popen[str]", rank: int) -> psutil.Process:
    """Return one of the processes that torchrun has started."""
    (found,) = (child for child in psutil.Process(process.pid).children() if child.environ().get("RANK") == str(rank))
    return found


def last_saved(folder: Path) -> float:
    """Return when the checkpoint was saved, 0 where there is none."""
    return max((path.stat().st_mtime for path in (folder / ".pysar" / "checkpoints").glob("*.pt")), default=0)


def wait_for_checkpoint(process: "subprocess.Popen[str]", folder: Path) -> None:
    """Wait until another checkpoint is saved."""
    until, before = time.monotonic() + PATIENCE_SECONDS, last_saved(folder)
    while last_saved(folder) <= before:
        assert process.poll() is None, f"it ended before it could be killed: {process.communicate()}"
        assert time.monotonic() < until
        time.sleep(0.005)


def wait_for_end(orphan: psutil.Process) -> None:
    """Wait until a process has ended whose parent was killed: who inherits it may never ask how it ended."""
    until = time.monotonic() + PATIENCE_SECONDS
    while orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)
