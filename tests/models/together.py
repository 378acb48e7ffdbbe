"""The stage `pretrain` in two processes, started by torchrun in a folder of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from ruamel.yaml import YAML

from src.config.params import Params, load_params
from src.config.sections import Compute
from src.data.tables.table import write_table
from src.models.rows.corpora import TABLES
from tests import default_params
from tests.models.factory import NETWORK, PRETRAIN, corpora

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 300
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")

PARAMS = load_params(default_params.PARAMS).model_copy(
    update={
        "compute": Compute(device="cpu", precision="float32"),
        "network": NETWORK,
        "pretrain": PRETRAIN.model_copy(update={"epochs": 5, "learning_rate": 0.001}),
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


def train_together(
    folder: Path, store: Path, *options: str, module: str = "src.models.pretrain", **variables: str
) -> str:
    """Run `pretrain` in two processes to its end, with more options and variables of torchrun; return what it said."""
    done = subprocess.run(
        [*TORCHRUN, *options, "-m", module], cwd=folder, env=environment(folder, store, **variables),
        capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def wait_for_end(orphan: psutil.Process) -> None:
    """Wait until a process has ended whose parent was killed: who inherits it may never ask how it ended."""
    until = time.monotonic() + PATIENCE_SECONDS
    while orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.05)
