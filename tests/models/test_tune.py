"""The command as people type it, on a small repository with small networks."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from src.config.params import load_params
from src.config.paths import PRETRAINED, SPLIT_TABLE
from src.data.tables.table import SPLIT_SCHEMA, write_table
from src.models.network.network import Network
from src.models.network.weights import save_network
from src.models.rows.corpora import TABLES
from src.models.search.study import open_storage
from tests.default_params import PARAMS
from tests.models.factory import FINETUNE, NETWORK, PRETRAIN, corpora, split_table

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("пошук параметрів")
    (root / "dvc.yaml").touch()
    document = load_params(PARAMS).model_dump()
    small = {"network": NETWORK, "pretrain": PRETRAIN, "finetune": FINETUNE}
    document |= {name: section.model_dump() for name, section in small.items()}
    space = {
        "finetune.learning_rate": {"low": 0.001, "high": 0.1, "log": True},
        "network.dropout": {"choices": [0, 0.2]},
    }
    document["tune"]["finetune"] |= {"trials": 3, "startup_trials": 2, "warmup_epochs": 1, "space": space}
    document["tune"]["pretrain"]["space"] = {"pretrain.learning_rate": {"low": 0.001, "high": 0.01}}
    with (root / "params.yaml").open("w", encoding="utf-8") as stream:
        YAML().dump(document, stream)
    write_table(split_table(), root / SPLIT_TABLE, SPLIT_SCHEMA)
    save_network(Network(NETWORK), NETWORK, root / PRETRAINED)
    for name, table in corpora().items():
        write_table(table, root / TABLES[name])
    return root


def tune(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command(*arguments), cwd=root, env=environment(), capture_output=True, text=True, check=False)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "src.commands.cli", "tune", *arguments]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "DVC_", "PYSAR_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def test_a_search_is_confirmed_and_applied(root: Path) -> None:
    searched = tune(root, "--workers", "2")
    assert searched.returncode == 0, searched.stderr
    assert "3 complete, 0 pruned" in searched.stdout or "2 complete, 1 pruned" in searched.stdout
    assert (root / "reports/tune/finetune/history.png").is_file()

    confirmed = tune(root, "--confirm", "--workers", "1")
    assert confirmed.returncode == 0, confirmed.stderr
    assert "params.yaml" in confirmed.stdout
    assert "seed 3" in confirmed.stdout

    before = (root / "params.yaml").read_text(encoding="utf-8")
    applied = tune(root, "--apply")
    assert applied.returncode == 0, applied.stderr
    changed = (root / "params.yaml").read_text(encoding="utf-8") != before
    assert changed == ("+++ b/params.yaml" in applied.stdout)
    assert changed != ("nothing is changed" in applied.stdout)


def test_ctrl_c_keeps_what_is_done_and_the_same_command_goes_on(root: Path, tmp_path: Path) -> None:
    journal = tmp_path / "studies.journal"
    arguments = ("--trials", "1000", "--workers", "2", "--storage", str(journal))
    with subprocess.Popen(
        command(*arguments), cwd=root, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        wait_for_trials(journal, 2, process)
        os.killpg(process.pid, signal.SIGINT)
        said, errors = process.communicate(timeout=120)
    assert process.returncode == 130, errors
    assert "what is done is kept" in said
    assert "Traceback" not in errors
    done = finished(journal)
    assert done >= 2
    gone_on = tune(root, "--trials", str(done + 1), "--workers", "1", "--storage", str(journal))
    assert gone_on.returncode == 0, gone_on.stderr
    assert finished(journal) == done + 1


def test_a_search_without_its_data_says_what_to_run(root: Path, tmp_path: Path) -> None:
    without = tmp_path / "without tables"
    without.mkdir()
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(root / name, without)
    done = tune(without, "pretrain")
    assert done.returncode == 2
    assert done.stderr == "Error: data/interim/mnist.parquet: no such file; run `make repro` first\n"


@pytest.mark.parametrize("action", ["--apply", "--confirm"])
def test_nothing_is_made_of_a_study_that_never_was(action: str, root: Path, tmp_path: Path) -> None:
    done = tune(root, action, "--storage", str(tmp_path / "empty.journal"))
    assert done.returncode == 2
    assert "nothing was searched with these params, data and code; run `pysar tune` first" in done.stderr
    assert not finished(tmp_path / "empty.journal")


def wait_for_trials(journal: Path, count: int, process: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + 120
    while not journal.exists() or finished(journal) < count:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.2)


def finished(journal: Path) -> int:
    storage = open_storage(str(journal))
    trials = [trial for study in storage.get_all_studies() for trial in storage.get_all_trials(study._study_id)]
    return sum(trial.state.name in {"COMPLETE", "PRUNED"} for trial in trials)
