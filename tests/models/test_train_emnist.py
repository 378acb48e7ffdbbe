import csv
import json
from pathlib import Path

import pytest

from src.models.network.weights import load_network
from tests.models.emnist_folder import VARIANT


def test_the_stage_writes_a_network_of_its_labels_with_curves_and_figures(
    latin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(latin)
    assert load_network(VARIANT.network, VARIANT.alphabet).alphabet == VARIANT.alphabet
    with VARIANT.curves.open(encoding="utf-8") as stream:
        curves = list(csv.DictReader(stream))
    metrics = json.loads(VARIANT.curves.with_name("details.json").read_text("utf-8"))
    assert len(curves) == 4
    assert set(curves[0]) == {"epoch", "train_loss", "val_loss", "val_label_accuracy"}
    assert metrics["val_loss"] == min(float(row["val_loss"]) for row in curves)
    assert metrics["sources"] == ["emnist_byclass_test"]
    assert (latin / "mlflow.db").is_file()
    assert not list((latin / ".pysar/checkpoints").glob("*.pt"))
