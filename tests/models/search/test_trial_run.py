from pathlib import Path

import optuna
import pandas as pd
import pytest
import torch

from src.common.errors import InputError
from src.config.params import Params, StageName, load_params
from src.config.paths import PRETRAINED, SPLIT_TABLE
from src.data.tables.table import SPLIT_SCHEMA, write_table
from src.models.network.network import Network
from src.models.network.weights import save_network
from src.models.rows.corpora import TABLES
from src.models.search.trial_run import open_stage, run_trial, try_values
from src.models.training.device import Machine
from src.models.training.loop import DivergedError
from tests.default_params import PARAMS
from tests.models.factory import FINETUNE, NETWORK, PRETRAIN, corpora, given_table, split_table

CPU = Machine(torch.device("cpu"), bfloat16=False)


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Params:
    params = load_params(PARAMS)
    monkeypatch.chdir(tmp_path)
    write_table(split_table(), SPLIT_TABLE, SPLIT_SCHEMA)
    for name, table in corpora().items():
        write_table(table, TABLES[name])
    save_network(Network(NETWORK), NETWORK, PRETRAINED)
    params = params.model_copy(update={"network": NETWORK, "pretrain": PRETRAIN, "finetune": FINETUNE})
    return with_folds(params, 1)


def with_folds(params: Params, folds: int) -> Params:
    search = params.tune.finetune.model_copy(update={"folds": folds})
    return params.model_copy(update={"tune": params.tune.model_copy(update={"finetune": search})})


@pytest.mark.parametrize("name", ["pretrain", "finetune"])
def test_a_trial_scores_the_chosen_epoch_and_the_same_values_score_the_same(name: StageName, params: Params) -> None:
    stage = open_stage(name, params, CPU)
    curve: list[dict[str, float]] = []
    score = run_trial(stage, params, CPU, curve.append)
    assert [row["epoch"] for row in curve] == [1, 2, 3]
    assert score == min(curve, key=lambda row: row["val_loss"])["val_score"]
    assert 0 <= score <= 1
    assert run_trial(stage, params, CPU, lambda _row: None) == score


def test_no_test_row_is_ever_read(params: Params) -> None:
    counts = split_table()["split"].value_counts()
    ((train, validation, _),) = open_stage("finetune", params, CPU).parts
    assert (len(train.label), len(validation.label)) == (counts["train"], counts["val"])
    folded = open_stage("finetune", with_folds(params, 2), CPU).parts
    assert {len(train.label) + len(validation.label) for train, validation, _ in folded} == {
        len(split_table()) - counts["test"]
    }


def test_given_drawings_are_learned_from_and_score_nothing(params: Params) -> None:
    before = [len(part.train.label) for part in open_stage("finetune", with_folds(params, 2), CPU).parts]
    given = given_table().assign(split=pd.Series(["train"] * 43, dtype="str"))
    write_table(pd.concat([split_table(), given], ignore_index=True), SPLIT_TABLE, SPLIT_SCHEMA)
    stage = open_stage("finetune", with_folds(params, 2), CPU)
    assert [len(part.train.label) for part in stage.parts] == [count + 43 for count in before]
    assert not any(part.validation.relative_height.isnan()[part.validation.label >= 10].any() for part in stage.parts)
    assert 0 <= run_trial(stage, params, CPU, lambda _row: None) <= 1


def test_a_trial_over_folds_scores_their_mean(params: Params) -> None:
    stage = open_stage("finetune", with_folds(params, 2), CPU)
    curve: list[dict[str, float]] = []
    score = run_trial(stage, params, CPU, curve.append)
    assert [row["epoch"] for row in curve] == [1, 2, 3, 4, 5, 6]
    chosen = [min(part, key=lambda row: row["val_loss"])["val_score"] for part in (curve[:3], curve[3:])]
    assert score == pytest.approx(sum(chosen) / 2)


def test_a_trial_that_is_worse_than_others_ends_early(params: Params) -> None:
    study = optuna.create_study(direction="maximize", pruner=optuna.pruners.ThresholdPruner(lower=2.0))
    trial = study.ask()
    curve: list[dict[str, float]] = []
    with pytest.raises(optuna.TrialPruned):
        run_trial(open_stage("finetune", params, CPU), params, CPU, curve.append, trial)
    assert len(curve) == 1
    assert study.trials[0].intermediate_values == {1: curve[0]["val_score"]}


def test_values_that_diverge_end_the_trial_and_not_the_study(params: Params) -> None:
    study = optuna.create_study(direction="maximize")
    stage = open_stage("finetune", params, CPU)
    rates = iter([1e20, 0.01])

    def objective(trial: optuna.Trial) -> float:
        tried = params.with_values({"finetune.learning_rate": next(rates)})
        return try_values(stage, tried, CPU, lambda _row: None, trial)

    study.optimize(objective, n_trials=2)
    assert [trial.state.name for trial in study.trials] == ["PRUNED", "COMPLETE"]
    with pytest.raises(DivergedError):
        run_trial(stage, params.with_values({"finetune.learning_rate": 1e20}), CPU, lambda _row: None)


def test_a_table_without_validation_rows_is_named(params: Params) -> None:
    table = split_table()
    write_table(table[table["split"] != "val"], SPLIT_TABLE, SPLIT_SCHEMA)
    with pytest.raises(InputError, match=r"split\.parquet: no rows of split val"):
        open_stage("finetune", params, CPU)
