"""Stage `evaluate`: the only one that reads test rows; figures, reports and the ONNX model.

The network runs in float32 on the CPU, whatever it was trained on: that is how the exported model runs.
"""

import logging
from pathlib import Path
from typing import Any, NamedTuple

import click
import onnx
import pandas as pd
import torch

from src.command import Command
from src.data.source_names import MNIST_TEST, comes_from, holds_sample
from src.data.table import SPLIT_SAMPLES, read_table
from src.errors import InputError
from src.features.labels import DIGITS
from src.models.answers import Answers, make_answers
from src.models.evaluation_files import Evaluation, write_evaluation
from src.models.evaluation_record import record
from src.models.evaluation_report import percent
from src.models.export import check_export, export_network, write_onnx
from src.models.intervals import Estimate, wilson
from src.models.metrics import (
    case_calibration,
    case_figures,
    kind_known_right,
    label_figures,
    paired_letters,
    top_right,
)
from src.models.network import Network
from src.models.predict import sample_logits
from src.models.samples import Samples, make_samples
from src.models.tracking import track
from src.models.weights import load_network
from src.params import Params, load_params

TABLE = Path("data/processed/split.parquet")
MNIST = Path("data/interim/mnist.parquet")
UNSEEN = Path("data/interim/qmnist.parquet")
PRETRAINED = Path("models/pretrained.safetensors")
FINETUNED = Path("models/finetuned.safetensors")
CURVES = {stage: Path(f"reports/{stage}/curves.csv") for stage in ("pretrain", "finetune")}
MODEL = Path("models/pysar.onnx")
REPORTS = Path("reports/evaluate")

logger = logging.getLogger(__name__)


class Inputs(NamedTuple):
    """All that the stage reads: rows to be read by the networks, networks and curves.

    rows: The test rows of the split table; paired: the letters that it has in both cases.
    digits: MNIST's test file. unseen: Letters of people of whom nothing was trained on.
    """

    rows: pd.DataFrame
    paired: frozenset[str]
    digits: pd.DataFrame
    unseen: pd.DataFrame
    network: Network
    pretrained: Network
    curves: dict[str, pd.DataFrame]


def read_inputs() -> Inputs:
    """Read everything.

    Raises:
        InputError: A file is missing, or is not what it should be, or has no test rows.
    """
    frame, mnist = read_table(TABLE, SPLIT_SAMPLES), read_table(MNIST)
    rows = frame[frame["split"] == "test"].reset_index(drop=True)
    if rows.empty:
        raise InputError(f"{TABLE}: no rows of split test; raise split.test_size in params.yaml")
    digits = mnist[comes_from(mnist, MNIST_TEST)]
    if digits.empty:
        raise InputError(f"{MNIST}: no rows of MNIST's test file; delete it and run `dvc repro`")
    curves = {stage: _read_curves(path) for stage, path in CURVES.items()}
    networks = load_network(FINETUNED), load_network(PRETRAINED)
    return Inputs(rows, paired_letters(frame), digits, read_table(UNSEEN), *networks, curves)


def evaluate(inputs: Inputs, params: Params) -> tuple[Evaluation, onnx.ModelProto]:
    """Ask the networks, compute every figure, and export the network.

    Raises:
        WorkError: The exported model answers otherwise than the network.
    """
    bins, device = params.evaluate.calibration_bins, torch.device("cpu")
    samples = make_samples(inputs.rows, device)
    answers, hidden = (
        make_answers(sample_logits(inputs.network, variant), variant) for variant in (samples, _hide_heights(samples))
    )
    paired = inputs.rows["label"].isin(inputs.paired).to_numpy()
    figures = {
        **label_figures(answers, bins),
        **case_figures(answers, paired),
        **case_figures(hidden, paired, "_unknown_height"),
        "case_ece": case_calibration(answers, bins),
        **_unseen_figures(_answers(inputs.network, inputs.unseen)),
        "mnist_test": wilson(kind_known_right(_answers(inputs.network, inputs.digits))),
        "mnist_test_pretrained": wilson(kind_known_right(_answers(inputs.pretrained, inputs.digits))),
    }
    model = export_network(inputs.network)
    difference = check_export(model, inputs.network, samples)
    metrics = {
        **_origin(inputs, params.split.mode),
        **{name: figure.as_json() for name, figure in figures.items()},
        "onnx_max_difference": difference,
    }
    return Evaluation(inputs.rows, answers, hidden, metrics, bins), model


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


def _hide_heights(samples: Samples) -> Samples:
    return samples._replace(relative_height=torch.full_like(samples.relative_height, torch.nan))


def _answers(network: Network, rows: pd.DataFrame) -> Answers:
    samples = make_samples(rows, torch.device("cpu"))
    return make_answers(sample_logits(network, samples), samples)


def _unseen_figures(answers: Answers) -> dict[str, Estimate]:
    return {
        "unseen": wilson(answers.label_right),
        "unseen_kind_known": wilson(kind_known_right(answers)),
        "unseen_top3": wilson(top_right(answers, 3)),
    }


def _origin(inputs: Inputs, mode: str) -> dict[str, Any]:
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
        },
    }


@click.command(cls=Command)
def main() -> None:
    """Evaluate on the test rows, and export the network to ONNX."""
    params = load_params()
    inputs = read_inputs()
    with track("evaluate") as run:
        evaluation, model = evaluate(inputs, params)
        write_onnx(model, MODEL)
        write_evaluation(evaluation, inputs.curves, REPORTS)
        record(run, evaluation, params, tables=(TABLE, MNIST, UNSEEN), model=MODEL, reports=REPORTS)
    label, case = (percent(evaluation.metrics[name]["value"]) for name in ("label", "case_letters"))
    logger.info("label %s, case %s; read %s", label, case, REPORTS / "report.md")


if __name__ == "__main__":
    main()
