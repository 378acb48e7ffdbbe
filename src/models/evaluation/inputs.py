"""All that `evaluate` reads."""

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from src.common.errors import InputError
from src.config.paths import (
    CALIBRATION_FILE,
    COMNIST_TABLE,
    FAMILIARITY_FILE,
    FINETUNED,
    MNIST_TABLE,
    NEGATIVES_TABLE,
    PRETRAINED,
    SPLIT_TABLE,
    curves_of,
)
from src.data.corpora.collected_rows import without_collected
from src.data.tables.source_names import MNIST_TEST, comes_from, holds_sample
from src.data.tables.table import SPLIT_SCHEMA, read_table
from src.features.labels import DIGITS
from src.models.network.network import Network
from src.models.network.weights import load_network
from src.models.rows.no_characters import read_no_characters
from src.models.scoring.familiarity import Familiarity, load_familiarity
from src.models.scoring.metrics import paired_letters
from src.models.verdict.calibration import Calibration, read_calibration

CURVES = {stage: curves_of(stage) for stage in ("pretrain", "finetune")}

TABLES = (SPLIT_TABLE, MNIST_TABLE, COMNIST_TABLE, NEGATIVES_TABLE)


class Inputs(NamedTuple):
    """Rows to be read by the networks, networks and curves.

    rows: The test rows of the split table, and learnable: its others, of which no figure is.
    paired: The letters that the split table has in both cases, given drawings aside.
    digits: MNIST's test file. unseen: Letters of people of whom nothing was trained on.
    negatives: The test rows of the table of negatives.
    """

    rows: pd.DataFrame
    learnable: pd.DataFrame
    paired: frozenset[str]
    digits: pd.DataFrame
    unseen: pd.DataFrame
    negatives: pd.DataFrame
    network: Network
    pretrained: Network
    calibration: Calibration
    familiarity: Familiarity
    curves: dict[str, pd.DataFrame]


def read_inputs() -> Inputs:
    """Read everything.

    Raises:
        InputError: A file is missing, or is not what it should be, or has no test rows.
    """
    frame, mnist = read_table(SPLIT_TABLE, SPLIT_SCHEMA), read_table(MNIST_TABLE)
    rows = frame[frame["split"] == "test"].reset_index(drop=True)
    if rows.empty:
        raise InputError(f"{SPLIT_TABLE}: no rows of split test; raise split.test_size in params.yaml")
    digits = mnist[comes_from(mnist, MNIST_TEST)]
    if digits.empty:
        raise InputError(f"{MNIST_TABLE}: no rows of MNIST's test file; delete it and run `dvc repro`")
    network = load_network(FINETUNED)
    return Inputs(
        rows=rows,
        learnable=frame[frame["split"] != "test"],
        paired=paired_letters(without_collected(frame)),
        digits=digits,
        unseen=read_table(COMNIST_TABLE),
        negatives=read_no_characters("test"),
        network=network,
        pretrained=load_network(PRETRAINED),
        calibration=read_calibration(CALIBRATION_FILE),
        familiarity=load_familiarity(FAMILIARITY_FILE, network),
        curves={stage: _read_curves(path) for stage, path in CURVES.items()},
    )


def describe_inputs(inputs: Inputs, mode: str) -> dict[str, Any]:
    """Return what details.json says of the rows; `mode` is that of the split."""
    is_digit = inputs.rows["label"].isin(list(DIGITS))
    sample = any(holds_sample(rows) for rows in (inputs.rows, inputs.digits, inputs.unseen))
    return {
        "corpus": "sample" if sample else "upstream",
        "sources": sorted(set(inputs.rows["source"])),
        "split_mode": mode,
        "rows": {
            "test": len(inputs.rows),
            "letters": int((~is_digit).sum()),
            "digits": int(is_digit.sum()),
            "mnist_test": len(inputs.digits),
            "unseen": len(inputs.unseen),
            "negatives": len(inputs.negatives),
        },
    }


def _read_curves(path: Path) -> pd.DataFrame:
    cure = "delete it and run `dvc repro`"
    try:
        curves = pd.read_csv(path)
        curves[["epoch", "train_loss", "val_loss"]].astype(float)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `dvc repro` to make it") from None
    except (ValueError, KeyError) as error:
        raise InputError(f"{path}: no table of epoch, train_loss and val_loss; {cure}") from error
    if curves.empty:
        raise InputError(f"{path}: no epochs; {cure}")
    return curves
