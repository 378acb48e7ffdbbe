import csv
import json
from pathlib import Path

import pytest
import torch

from src.config.params import load_params
from src.config.paths import PRETRAINED
from src.data.tables.table import write_table
from src.models.network.weights import load_network
from src.models.pretrain import CURVES, DETAILS, pretrain
from src.models.rows.corpora import TABLES, read_corpora
from src.models.training.device import Machine
from tests.default_params import PARAMS
from tests.models.factory import NETWORK, PRETRAIN, corpora

CPU = Machine(torch.device("cpu"), bfloat16=False)


@pytest.mark.parametrize("names", [["mnist"], ["mnist", "cmnist"]])
def test_the_stage_writes_a_network_its_curves_and_its_figures(
    names: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = PRETRAIN.model_copy(update={"corpora": names})
    params = load_params(PARAMS).model_copy(update={"network": NETWORK, "pretrain": settings})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    for name, table in corpora().items():
        write_table(table, TABLES[name])
    pretrain(read_corpora(names), params, CPU)
    with CURVES.open(encoding="utf-8") as stream:
        curves = list(csv.DictReader(stream))
    metrics = json.loads(DETAILS.read_text(encoding="utf-8"))
    best = min(curves, key=lambda row: float(row["val_loss"]))
    assert [row["epoch"] for row in curves] == ["1", "2", "3"]
    assert metrics["epoch"] == int(best["epoch"])
    assert metrics["sources"] == sorted({"mnist": "mnist_train"}.get(name, name) for name in names)
    assert not load_network(PRETRAINED).training
    assert (tmp_path / "mlflow.db").is_file()
