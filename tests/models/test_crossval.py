import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from src.config.params import load_params
from src.config.paths import MERGED_TABLE, NEGATIVES_TABLE, PRETRAINED
from src.data.negatives.negative_table import NEGATIVE_SCHEMA
from src.data.tables.table import write_table
from src.features.labels import LETTERS
from src.models.crossval import NAMES, REPORTS, summarise
from src.models.network.network import Network
from src.models.network.weights import save_network
from src.models.rows.corpora import TABLES
from tests.default_params import PARAMS
from tests.models.factory import FINETUNE, NETWORK, PRETRAIN, corpora, given_table, negatives_table, typed_table

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small repository in which every letter and case has four pictures, and some were given by a writer."""
    (tmp_path / "dvc.yaml").touch()
    document = load_params(PARAMS).model_dump()
    small = {"network": NETWORK, "pretrain": PRETRAIN, "finetune": FINETUNE}
    document |= {name: section.model_dump() for name, section in small.items()}
    document["crossval"] = {"folds": 2, "repeats": 2, "seed": 5}
    document["split"]["val_size"] = 0.25
    with (tmp_path / "params.yaml").open("w", encoding="utf-8") as stream:
        YAML().dump(document, stream)
    write_table(pd.concat([typed_table(copies=8), given_table()], ignore_index=True), tmp_path / MERGED_TABLE)
    for name, table in corpora().items():
        write_table(table, tmp_path / TABLES[name])
    write_table(negatives_table(), tmp_path / NEGATIVES_TABLE, NEGATIVE_SCHEMA)
    save_network(Network(NETWORK), NETWORK, tmp_path / PRETRAINED)
    return tmp_path


def test_every_letter_is_read_once_a_repeat_by_a_network_that_did_not_learn_it(root: Path) -> None:
    metrics = {}
    for workers in ("1", "2"):
        command = [sys.executable, "-m", "src.commands.cli", "crossval", "--workers", workers]
        variables = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "264 letters, 2 folds, 2 times" in done.stdout
        metrics[workers] = json.loads((root / REPORTS / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["1"] == metrics["2"]
    assert metrics["1"]["seeds"] == [5, 6]
    assert all(len(metrics["1"][name]["repeats"]) == 2 for name in NAMES)
    for seed in (5, 6):
        answers = pd.read_csv(root / REPORTS / f"predictions_{seed}.csv", dtype=str, keep_default_na=False)
        assert len(answers) == len(set(answers["filename"])) == 8 * len(LETTERS)
        assert set(answers["source"]) == {"typed"}


def test_a_figure_is_its_mean_and_the_spread_between_repeats() -> None:
    summary = summarise([dict.fromkeys(NAMES, value) for value in (0.9, 0.94)])
    assert summary["label"]["mean"] == pytest.approx(0.92)
    assert summary["label"]["spread"] == pytest.approx(0.02 * np.sqrt(2))
    assert summary["label"]["repeats"] == [0.9, 0.94]
    assert summarise([dict.fromkeys(NAMES, 0.9)])["label"]["spread"] is None
