from pathlib import Path

import optuna
import pytest
import torch

from src.data.table import SPLIT_SAMPLES, write_table
from src.errors import InputError
from src.models.device import Machine
from src.models.digit_task import MNIST
from src.models.network import DigitNetwork
from src.models.trial_run import PRETRAINED, open_stage, run_trial
from src.models.two_headed_task import TABLE
from src.models.weights import save_network
from src.params import Params, load_params
from tests.models.factory import FINETUNE, NETWORK, PRETRAIN, split_table, typed_table
from tests.test_params import REPOSITORY_PARAMS

CPU = Machine(torch.device("cpu"), bfloat16=False)


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Params:
    params = load_params(REPOSITORY_PARAMS)
    monkeypatch.chdir(tmp_path)
    write_table(split_table(), TABLE, SPLIT_SAMPLES)
    write_table(typed_table("0123456789", copies=10, source="mnist_train"), MNIST)
    save_network(DigitNetwork(NETWORK), NETWORK, PRETRAINED)
    return params.model_copy(update={"network": NETWORK, "pretrain": PRETRAIN, "finetune": FINETUNE})


@pytest.mark.parametrize("name", ["pretrain", "finetune"])
def test_a_trial_scores_the_chosen_epoch_and_the_same_values_score_the_same(name: str, params: Params) -> None:
    stage = open_stage(name, params, CPU)
    curve: list[dict[str, float]] = []
    score = run_trial(stage, params, CPU, curve.append)
    assert [row["epoch"] for row in curve] == [1, 2, 3]
    assert score == min(curve, key=lambda row: row["val_loss"])["val_score"]
    assert 0 <= score <= 1
    assert run_trial(stage, params, CPU, lambda _row: None) == score


def test_no_test_row_is_ever_read(params: Params) -> None:
    table = split_table()
    stage = open_stage("finetune", params, CPU)
    assert len(stage.train.label) == (table["split"] == "train").sum()
    assert len(stage.validation.label) == (table["split"] == "val").sum()


def test_a_trial_that_is_worse_than_others_ends_early(params: Params) -> None:
    study = optuna.create_study(direction="maximize", pruner=optuna.pruners.ThresholdPruner(lower=2.0))
    trial = study.ask()
    curve: list[dict[str, float]] = []
    with pytest.raises(optuna.TrialPruned):
        run_trial(open_stage("finetune", params, CPU), params, CPU, curve.append, trial)
    assert len(curve) == 1
    assert study.trials[0].intermediate_values == {1: curve[0]["val_score"]}


def test_a_table_without_validation_rows_is_named(params: Params) -> None:
    table = split_table()
    write_table(table[table["split"] != "val"], TABLE, SPLIT_SAMPLES)
    with pytest.raises(InputError, match=r"split\.parquet: no rows of split val"):
        open_stage("finetune", params, CPU)
