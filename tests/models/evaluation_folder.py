"""A folder with all that `evaluate` reads: small, untrained, and printed instead of written."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock, create_autospec

import numpy as np
import onnx
import pandas as pd
import pytest
import torch
from click.testing import CliRunner, Result

from src.config.paths import (
    CALIBRATION_FILE,
    COMNIST_TABLE,
    EXPORTED,
    FAMILIARITY_FILE,
    FINETUNED,
    MNIST_TABLE,
    NEGATIVES_TABLE,
    OUT_OF_FOLD,
    PRETRAINED,
    SPLIT_TABLE,
)
from src.data.negatives.negative_table import NEGATIVE_SCHEMA
from src.data.tables.table import SPLIT_SCHEMA, write_table
from src.features.labels import DIGITS
from src.models import evaluate as stage
from src.models.evaluation import inputs as read
from src.models.network.network import Network
from src.models.network.weights import save_network
from src.models.scoring.familiarity import save_familiarity
from src.models.verdict.calibration import write_calibration
from src.tracking.tracking import TrackedRun
from tests.default_params import PARAMS
from tests.models.factory import CALIBRATION, NETWORK, negatives_table, split_table, typed_familiarity, typed_table

ROOT = Path(__file__).parents[2]


def write_tables(folder: Path, prefix: str = "") -> None:
    """Write the tables; a prefix of the sources says that they are of the sample."""
    frame = split_table()
    digit = frame["label"].isin(list(DIGITS))
    frame["source"] = pd.Series(np.where(digit, f"{prefix}mnist_test", f"{prefix}rukopys"), dtype="str")
    write_table(frame, folder / SPLIT_TABLE, SPLIT_SCHEMA)
    write_answers(frame[frame["split"] != "test"].iloc[1:], folder)
    mnist = [typed_table(DIGITS, 2, f"{prefix}mnist_{part}") for part in ("train", "test")]
    write_table(pd.concat(mnist, ignore_index=True), folder / MNIST_TABLE)
    unseen = typed_table("абв", 2, f"{prefix}comnist").assign(is_uppercase=pd.Series([None] * 6, dtype="boolean"))
    write_table(unseen, folder / COMNIST_TABLE)
    write_table(negatives_table(), folder / NEGATIVES_TABLE, NEGATIVE_SCHEMA)


def write_answers(read_out_of_fold: pd.DataFrame, folder: Path) -> None:
    """Write the rows as `calibrate` does that have been read out of fold: of given drawings and such none is."""
    table = read_out_of_fold[["source", "filename"]].assign(fold=0, label_right=True, case_right="")
    (folder / OUT_OF_FOLD).parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(folder / OUT_OF_FOLD, index=False)


def make_inputs(folder: Path) -> None:
    """Write params, tables, untrained networks and what was fitted to them, and curves."""
    shutil.copy(PARAMS, folder / "params.yaml")
    write_tables(folder)
    torch.manual_seed(0)
    save_network(Network(NETWORK), NETWORK, folder / PRETRAINED)
    network = Network(NETWORK)
    save_network(network, NETWORK, folder / FINETUNED)
    save_familiarity(typed_familiarity(network), folder / FAMILIARITY_FILE)
    write_calibration(CALIBRATION, folder / CALIBRATION_FILE)
    for path in read.CURVES.values():
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text("epoch,train_loss,val_loss,val_accuracy\n1,2.0,1.5,0.5\n2,1.0,1.2,0.6\n")


def run_stage(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Result, Mock]:
    """Run the stage in a folder, with MLflow's part taken by a mock that knows the methods."""
    run: Mock = create_autospec(TrackedRun, instance=True)

    @contextmanager
    def track(name: str) -> Iterator[Mock]:
        assert name == "evaluate"
        yield run

    monkeypatch.chdir(folder)
    monkeypatch.setattr(stage, "track", track)
    return CliRunner().invoke(stage.main, []), run


class Done:
    """A folder in which the stage has run, and what it told MLflow."""

    def __init__(self, folder: Path, run: Mock) -> None:
        self.folder, self.run = folder, run
        self.metrics = json.loads((folder / stage.REPORTS / "details.json").read_text(encoding="utf-8"))
        self.report = (folder / stage.REPORTS / "report.md").read_text(encoding="utf-8")
        self.model = onnx.load(folder / EXPORTED)
