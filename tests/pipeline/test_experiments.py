"""Experiments on the embedded sample, one and queued: found in DVC and in MLflow by what they change."""

import csv
from pathlib import Path

from mlflow import MlflowClient
from ruamel.yaml import YAML

from tests.pipeline.conftest import Run, tracked_runs, wait_for_queue

QUICK = ("-S", "finetune.epochs=2", "-S", "finetune.frozen_epochs=1")


def test_an_experiment_is_found_in_mlflow_by_its_dvc_tag(reproduced: Path, run: Run) -> None:
    run("dvc", "exp", "run", "--name", "slow-learner", "-S", "finetune.learning_rate=0.0005", *QUICK, "finetune")
    (finetune,) = tracked_runs(reproduced, "tags.`dvc.exp_name` = 'slow-learner'")
    assert finetune.data.tags["dvc.stage"] == "finetune"
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
    wait_for_queue(reproduced)
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
