import csv
import json
from pathlib import Path

import pytest
import torch

from src.data.table import write_table
from src.errors import InputError
from src.models.device import Machine
from src.models.digit_task import MNIST, split_digits
from src.models.pretrain import CURVES, METRICS, MODEL, pretrain
from src.models.weights import load_digit_network
from src.params import load_params
from tests.models.factory import NETWORK, PRETRAIN, typed_table

CPU = Machine(torch.device("cpu"), bfloat16=False)


def test_validation_rows_are_some_of_each_digit_of_the_training_file() -> None:
    table = typed_table("0123456789", copies=10, source="mnist_train")
    train, validation = split_digits(table, PRETRAIN)
    assert len(train) == 80
    assert validation["label"].value_counts().tolist() == [2] * 10
    assert not set(train["filename"]) & set(validation["filename"])


def test_rows_of_the_test_file_are_never_learned_from() -> None:
    table = typed_table("0123456789", copies=10, source="mnist_test")
    with pytest.raises(InputError, match=r"mnist\.parquet: cannot hold validation rows back"):
        split_digits(table, PRETRAIN)


def test_the_stage_writes_a_network_its_curves_and_its_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params = load_params().model_copy(update={"network": NETWORK, "pretrain": PRETRAIN})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    table = typed_table("0123456789", copies=10, source="sample_mnist_train")
    write_table(table, MNIST)
    pretrain(table, params, CPU)
    with CURVES.open(encoding="utf-8") as stream:
        curves = list(csv.DictReader(stream))
    metrics = json.loads(METRICS.read_text(encoding="utf-8"))
    best = min(curves, key=lambda row: float(row["val_loss"]))
    assert [row["epoch"] for row in curves] == ["1", "2", "3"]
    assert metrics["epoch"] == int(best["epoch"])
    assert metrics["sources"] == ["sample_mnist_train"]
    assert not load_digit_network(MODEL).training
    assert (tmp_path / "mlflow.db").is_file()
