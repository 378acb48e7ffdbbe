import json
from pathlib import Path

import pandas as pd
import pytest
import torch
from torch import Tensor

from src.common.errors import InputError
from src.config.params import Params, load_params
from src.config.paths import FINETUNED, PRETRAINED, SPLIT_TABLE
from src.data.tables.table import SPLIT_SCHEMA, write_table
from src.models.finetune import DETAILS, finetune
from src.models.network.network import Logits, Network
from src.models.network.weights import load_network, save_network
from src.models.rows.corpora import TABLES, read_corpora
from src.models.rows.row_tensors import make_tensors
from src.models.training.device import Machine
from src.models.training.loop import DivergedError
from src.models.training.reading import FinetuneTask, ReadingTask
from tests.default_params import PARAMS
from tests.models.factory import FINETUNE, NETWORK, PRETRAIN, corpora, split_table, typed_table

CPU = Machine(torch.device("cpu"), bfloat16=False)


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Params:
    params = load_params(PARAMS).model_copy(update={"network": NETWORK, "pretrain": PRETRAIN, "finetune": FINETUNE})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    save_network(Network(NETWORK), NETWORK, PRETRAINED)
    for name, table in corpora().items():
        write_table(table, TABLES[name])
    return params


def old_rows() -> pd.DataFrame:
    return read_corpora(PRETRAIN.corpora)


def test_the_stage_writes_a_network_that_knows_what_it_was_trained_on(params: Params) -> None:
    table = split_table()
    write_table(table, SPLIT_TABLE, SPLIT_SCHEMA)
    finetune(table, old_rows(), params, CPU)
    metrics = json.loads(DETAILS.read_text(encoding="utf-8"))
    assert (metrics["train_rows"], metrics["val_rows"]) == tuple(table["split"].value_counts()[["train", "val"]])
    assert metrics["sources"] == ["typed"]
    assert isinstance(load_network(FINETUNED), Network)


def test_no_validation_rows_are_an_error_that_names_the_table(params: Params) -> None:
    table = split_table()
    with pytest.raises(InputError, match=r"split\.parquet: no rows of split val"):
        finetune(table[table["split"] != "val"], old_rows(), params, CPU)
    assert not FINETUNED.exists()


@pytest.mark.parametrize("rate", [1e10, 1e20, 1e38])
def test_a_learning_rate_that_diverges_is_named_and_leaves_no_checkpoint(
    params: Params, tmp_path: Path, rate: float
) -> None:
    table = split_table()
    write_table(table, SPLIT_TABLE, SPLIT_SCHEMA)
    params = params.with_values({"finetune.learning_rate": rate})
    with pytest.raises(DivergedError, match=r"diverged; lower finetune\.learning_rate in params\.yaml"):
        finetune(table, old_rows(), params, CPU)
    assert not FINETUNED.exists()
    assert list((tmp_path / ".pysar" / "checkpoints").iterdir()) == []


def test_a_missing_pretrained_network_is_an_error_that_names_it(params: Params) -> None:
    PRETRAINED.unlink()
    with pytest.raises(InputError, match=r"pretrained\.safetensors: no such model"):
        finetune(split_table(), old_rows(), params, CPU)


def test_validation_counts_the_case_of_letters_alone() -> None:
    torch.manual_seed(0)
    letters = make_tensors(typed_table("абв", copies=4), CPU.device)
    both = make_tensors(typed_table("012абв", copies=4), CPU.device)
    network = Network(NETWORK).eval()
    alone, mixed = (ReadingTask(rows, rows, FINETUNE).validate(network) for rows in (letters, both))
    assert alone["val_case_accuracy"] == mixed["val_case_accuracy"]


def test_validation_is_not_augmented() -> None:
    rows = make_tensors(typed_table("012абв", copies=4), CPU.device)
    task = ReadingTask(rows, rows, FINETUNE)
    network = Network(NETWORK).eval()
    assert task.validate(network) == task.validate(network)


def test_as_many_old_rows_are_replayed_as_the_share_asks_for() -> None:
    rows = make_tensors(typed_table("абв", copies=4), CPU.device)
    old = make_tensors(typed_table("012", copies=4), CPU.device)
    seen: list[tuple[int, ...]] = []

    class Watching(Network):
        def forward(self, image: Tensor, relative_height: Tensor) -> Logits:
            seen.append(tuple(image.shape))
            return super().forward(image, relative_height)

    network, generator = Watching(NETWORK), torch.Generator().manual_seed(0)
    for replayed in (None, old):
        FinetuneTask(rows, rows, FINETUNE, replayed).loss(network, torch.arange(6), generator).backward()
    assert [shape[0] for shape in seen] == [6, 12]
