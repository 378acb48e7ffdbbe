from collections.abc import Callable
from pathlib import Path

import optuna
import pytest
from mlflow import MlflowClient

from src.models.search.study_runs import PARENT, parent_run, record_trial
from tests.models.study_factory import journal_study

pytestmark = [
    pytest.mark.filterwarnings("default"),  # of SQLAlchemy and MLflow, at each other
    pytest.mark.usefixtures("workspace"),
]

Tell = Callable[[dict[str, float]], None]


def train(tell: Tell) -> float:
    for epoch in (1, 2):
        tell({"epoch": epoch, "val_score": epoch / 10})
    return 0.2


def pruned(tell: Tell) -> float:
    tell({"epoch": 1, "val_score": 0.05})
    raise optuna.TrialPruned


def test_a_trial_is_a_run_within_the_run_of_its_study(tmp_path: Path, client: MlflowClient) -> None:
    study = journal_study(tmp_path, "finetune-nested")
    parent = parent_run(study, {"trials": 4})
    assert parent == study.user_attrs[PARENT] == parent_run(study, {"trials": 4})
    trial = study.ask()
    assert record_trial(study, trial, parent, {"finetune.learning_rate": 0.01}, train) == 0.2
    experiment = client.get_run(parent or "").info.experiment_id
    (child,) = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{parent}'")
    assert child.info.run_name == "trial-0"
    assert child.info.status == "FINISHED"
    assert child.data.params == {"finetune.learning_rate": "0.01"}
    assert child.data.metrics["score"] == 0.2
    assert child.data.tags["pruned"] == "false"
    history = client.get_metric_history(child.info.run_id, "val_score")
    assert [(metric.step, metric.value) for metric in history] == [(1, 0.1), (2, 0.2)]
    assert client.get_run(parent or "").info.run_name == "finetune-nested"


def test_a_pruned_trial_keeps_its_curve_and_is_no_failure(tmp_path: Path, client: MlflowClient) -> None:
    study = journal_study(tmp_path, "finetune-pruned")
    parent = parent_run(study, {})
    with pytest.raises(optuna.TrialPruned):
        record_trial(study, study.ask(), parent, {}, pruned)
    experiment = client.get_run(parent or "").info.experiment_id
    (child,) = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{parent}'")
    assert (child.info.status, child.data.tags["pruned"]) == ("FINISHED", "true")
    assert child.data.metrics["val_score"] == 0.05
    assert "score" not in child.data.metrics


def test_without_mlflow_a_trial_is_run_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}")
    study = journal_study(tmp_path)
    assert parent_run(study, {}) is None
    assert record_trial(study, study.ask(), None, {}, train) == 0.2
