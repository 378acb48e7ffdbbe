"""Experiments at the same time that learn the same, each in a folder of its own, as `dvc exp run --temp` has them."""

import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from mlflow import MlflowClient

from src.common.digests import file_digest
from src.config.paths import PRETRAINED
from src.models.pretrain import CURVES
from src.tracking.mlflow_store import open_store
from tests.models.together import PATIENCE_SECONDS, environment, fill_folder

EPOCHS = 5
COMMAND = (sys.executable, "-m", "src.models.pretrain")


def start(root: Path, name: str) -> "subprocess.Popen[str]":
    """Start the stage as the experiment `name`, in the folder of that name."""
    variables = environment(root / name, root, DVC_ROOT=str(root), DVC_EXP_NAME=name, MLFLOW_EXPERIMENT_NAME="pysar")
    return subprocess.Popen(COMMAND, cwd=root / name, env=variables, stderr=subprocess.PIPE, text=True)


def wait_for_checkpoint(root: Path, process: "subprocess.Popen[str]") -> Path:
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := list((root / ".pysar" / "checkpoints").glob("*.pt"))):
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < until
        time.sleep(0.01)
    return found[0]


def stop_beside_the_store(process: "subprocess.Popen[str]", database: Path) -> None:
    """Stop a process at a moment at which it does not hold the database's lock."""
    process.send_signal(signal.SIGSTOP)
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            process.send_signal(signal.SIGCONT)
            time.sleep(0.01)
            stop_beside_the_store(process, database)


def points(client: MlflowClient, name: str) -> tuple[str, list[int]]:
    """Return how the only run of an experiment ended, and the steps of its curve."""
    (run,) = client.search_runs(["1"], filter_string=f"tags.`dvc.exp_name` = '{name}'")
    steps = [point.step for point in client.get_metric_history(run.info.run_id, "val_loss")]
    return run.info.status, sorted(steps)


def test_experiments_that_learn_the_same_at_once_have_a_run_each_and_a_killed_one_is_gone_on_with(
    tmp_path: Path,
) -> None:
    open_store(f"sqlite:///{tmp_path}/mlflow.db", tmp_path)
    names = ("first", "second", "third")
    for name in names:
        fill_folder(tmp_path / name)
    first = start(tmp_path, "first")
    checkpoint = wait_for_checkpoint(tmp_path, first)
    stop_beside_the_store(first, tmp_path / "mlflow.db")  # alive, and in the middle of its training
    kept = checkpoint.read_bytes()
    second = start(tmp_path, "second")
    said = second.communicate(timeout=PATIENCE_SECONDS)[1]
    assert second.returncode == 0, said
    assert "another process trains the same" in " ".join(said.split())
    assert "goes on after epoch" not in said
    assert checkpoint.read_bytes() == kept

    first.kill()
    first.communicate()
    third = start(tmp_path, "third")
    said = third.communicate(timeout=PATIENCE_SECONDS)[1]
    assert third.returncode == 0, said
    assert "goes on after epoch" in " ".join(said.split())
    assert list(checkpoint.parent.iterdir()) == []
    for output in (PRETRAINED, CURVES):
        assert len({file_digest(tmp_path / name / output) for name in names[1:]}) == 1
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    status, steps = points(client, "first")
    assert status == "KILLED"
    assert steps == list(range(1, len(steps) + 1))
    whole = ("FINISHED", list(range(1, EPOCHS + 1)))
    assert [points(client, name) for name in names[1:]] == [whole, whole]
