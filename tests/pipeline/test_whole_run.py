"""Whole runs on the embedded sample, through DVC as people use it; slow, and in this order."""

import csv
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run as MlflowRun
from ruamel.yaml import YAML

from src.common.digests import file_digest
from tests.pipeline.conftest import Run, environment

QUICK = ("-S", "finetune.epochs=2", "-S", "finetune.frozen_epochs=1")
MODEL = "models/finetuned.safetensors"


def tracked_runs(root: Path, condition: str) -> list[MlflowRun]:
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    return list(client.search_runs(experiments, condition))


def test_the_pipeline_reads_the_sample_well_and_says_that_it_is_the_sample(reproduced: Path) -> None:
    metrics = json.loads((reproduced / "reports/evaluate/details.json").read_text(encoding="utf-8"))
    assert metrics["corpus"] == "sample"
    assert metrics["label"]["value"] > 0.85
    assert metrics["label"]["low"] < metrics["label"]["value"] < metrics["label"]["high"]
    assert "sample" in (reproduced / "reports/evaluate/report.md").read_text(encoding="utf-8")


def test_a_second_repro_does_nothing(reproduced: Path, run: Run) -> None:
    before = (reproduced / "dvc.lock").read_bytes()
    said = run("dvc", "repro").stdout
    assert "Running stage" not in said
    assert "up to date" in said
    assert (reproduced / "dvc.lock").read_bytes() == before


def test_the_same_revision_gives_the_same_bytes(reproduced: Path, run: Run) -> None:
    before = YAML(typ="safe").load(reproduced / "dvc.lock")
    run("dvc", "repro", "--force")
    assert YAML(typ="safe").load(reproduced / "dvc.lock") == before


def test_the_results_table_says_that_it_is_the_sample(reproduced: Path, run: Run) -> None:
    said = run(sys.executable, "-m", "src.commands.cli", "results").stdout
    assert "EMBEDDED SAMPLE" in said
    assert "95 %" in said


@pytest.mark.parametrize("command", [["dag"], ["metrics", "show"], ["params", "diff"], ["plots", "show"], ["status"]])
def test_dvc_s_commands_work(reproduced: Path, run: Run, command: list[str]) -> None:
    run("dvc", *command)


@pytest.mark.parametrize("stage", ["pretrain", "finetune"])
def test_a_killed_stage_goes_on_to_the_same_bytes(reproduced: Path, run: Run, stage: str) -> None:
    model = reproduced / ("models/pretrained.safetensors" if stage == "pretrain" else MODEL)
    wanted = file_digest(model)
    model.unlink()
    command = [sys.executable, "-m", f"src.models.{stage}"]
    process = subprocess.Popen(command, cwd=reproduced, env=environment(), stderr=subprocess.DEVNULL)
    checkpoints = reproduced / ".pysar" / "checkpoints"
    until = time.monotonic() + 120
    while not list(checkpoints.glob(f"{stage}-*.pt")):
        assert process.poll() is None, "the stage ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not model.exists()
    said = run(*command).stderr
    assert f"{stage} goes on after epoch" in " ".join(said.split())
    assert file_digest(model) == wanted
    assert not list(checkpoints.glob(f"{stage}-*.pt"))


def test_an_experiment_is_found_in_mlflow_by_its_dvc_tag(reproduced: Path, run: Run) -> None:
    run("dvc", "exp", "run", "--name", "slow-learner", "-S", "finetune.learning_rate=0.0005", *QUICK)
    runs = tracked_runs(reproduced, "tags.`dvc.exp_name` = 'slow-learner'")
    assert {found.data.tags["dvc.stage"] for found in runs} == {"finetune", "evaluate"}
    finetune = next(found for found in runs if found.data.tags["dvc.stage"] == "finetune")
    assert finetune.data.params["finetune.learning_rate"] == "0.0005"
    lock = YAML(typ="safe").load(reproduced / "dvc.lock")
    hashes = {dep["path"]: dep["md5"] for dep in lock["stages"]["finetune"]["deps"]}
    assert finetune.data.tags["dvc.dep.data/processed/split.parquet"] == hashes["data/processed/split.parquet"]
    run("git", "restore", ".")
    run("dvc", "checkout", "dvc.yaml")


def test_a_queued_sweep_loses_nothing_and_is_found_in_dvc_and_in_mlflow_by_what_it_changes(
    reproduced: Path, run: Run
) -> None:
    rates = ["0.0015", "0.003"]
    run("dvc", "exp", "run", "--queue", "--name", "sweep", "-S", f"finetune.learning_rate={','.join(rates)}", *QUICK)
    run("dvc", "queue", "start", "-j", "2", OMP_NUM_THREADS="1")
    until = time.monotonic() + 800
    while any(word in run("dvc", "queue", "status").stdout for word in ("Queued", "Running")):
        assert time.monotonic() < until, run("dvc", "queue", "status").stdout
        time.sleep(2)
    assert run("dvc", "queue", "status").stdout.count("Success") == 2

    rows = list(csv.DictReader(run("dvc", "exp", "show", "--csv").stdout.splitlines()))
    shown = {row["Experiment"]: row["finetune.learning_rate"] for row in rows if row["Experiment"].startswith("sweep")}
    assert sorted(shown.values()) == rates
    client = MlflowClient(f"sqlite:///{reproduced}/mlflow.db")
    for name, rate in shown.items():
        condition = f"tags.`dvc.exp_params` LIKE '%finetune.learning_rate={rate}%' AND tags.`dvc.stage` = 'evaluate'"
        (found,) = tracked_runs(reproduced, condition)
        assert found.info.run_name == f"evaluate-{name}"
        assert found.data.tags["dvc.exp_name"] == name
        assert found.data.metrics["label"] > 0
        assert client.list_artifacts(found.info.run_id)
        assert found.info.artifact_uri.startswith(reproduced.as_uri())


def test_a_folder_with_cyrillic_letters_is_no_hindrance(reproduced: Path, tmp_path: Path) -> None:
    moved = tmp_path / "мій писар"
    shutil.copytree(reproduced, moved, symlinks=True)
    for command in (["dvc", "status"], ["dvc", "repro", "--force", "--single-item", "prepare_glyphs"]):
        subprocess.run(command, cwd=moved, env=environment(), check=True, capture_output=True)
    table = "data/interim/rukopys.parquet"
    assert file_digest(moved / table) == file_digest(reproduced / table)


def test_a_misspelled_key_is_named_and_nothing_is_written(reproduced: Path, run: Run) -> None:
    params = reproduced / "params.yaml"
    kept = params.read_text(encoding="utf-8")
    params.write_text(kept.replace("learning_rate:", "learning_rat:", 1), encoding="utf-8")  # of the first training
    before = file_digest(reproduced / MODEL)
    try:
        done = run(sys.executable, "-m", "src.models.pretrain", check=False)
    finally:
        params.write_text(kept, encoding="utf-8")
    assert done.returncode == 2
    assert "pretrain.learning_rat" in done.stderr
    assert "Traceback" not in done.stderr
    assert file_digest(reproduced / MODEL) == before
