import json
from pathlib import Path

import pytest
import torch

from src.data.table import SPLIT_SAMPLES, write_table
from src.errors import InputError
from src.models.device import Machine
from src.models.finetune import METRICS, MODEL, PRETRAINED, finetune
from src.models.network import DigitNetwork, Network
from src.models.samples import make_samples
from src.models.two_headed_task import TABLE, TwoHeadedTask
from src.models.weights import load_network, save_network
from src.params import Params, load_params
from tests.models.factory import FINETUNE, NETWORK, split_table, typed_table

CPU = Machine(torch.device("cpu"), bfloat16=False)


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Params:
    params = load_params().model_copy(update={"network": NETWORK, "finetune": FINETUNE})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    save_network(DigitNetwork(NETWORK), NETWORK, PRETRAINED)
    return params


def test_the_stage_writes_a_network_that_knows_what_it_was_trained_on(params: Params) -> None:
    table = split_table()
    write_table(table, TABLE, SPLIT_SAMPLES)
    finetune(table, params, CPU)
    metrics = json.loads(METRICS.read_text(encoding="utf-8"))
    assert (metrics["train_rows"], metrics["val_rows"]) == tuple(table["split"].value_counts()[["train", "val"]])
    assert metrics["sources"] == ["typed"]
    assert isinstance(load_network(MODEL), Network)


def test_no_validation_rows_are_an_error_that_names_the_table(params: Params) -> None:
    table = split_table()
    with pytest.raises(InputError, match=r"split\.parquet: no rows of split val"):
        finetune(table[table["split"] != "val"], params, CPU)
    assert not MODEL.exists()


def test_a_missing_pretrained_network_is_an_error_that_names_it(params: Params) -> None:
    PRETRAINED.unlink()
    with pytest.raises(InputError, match=r"pretrained\.safetensors: no such model"):
        finetune(split_table(), params, CPU)


def test_validation_counts_the_case_of_letters_alone() -> None:
    torch.manual_seed(0)
    letters = make_samples(typed_table("абв", copies=4), CPU.device)
    both = make_samples(typed_table("012абв", copies=4), CPU.device)
    network = Network(NETWORK).eval()
    alone, mixed = (TwoHeadedTask(rows, rows, FINETUNE).validate(network) for rows in (letters, both))
    assert alone["val_case_accuracy"] == mixed["val_case_accuracy"]


def test_validation_is_not_augmented() -> None:
    rows = make_samples(typed_table("012абв", copies=4), CPU.device)
    task = TwoHeadedTask(rows, rows, FINETUNE)
    network = Network(NETWORK).eval()
    assert task.validate(network) == task.validate(network)
