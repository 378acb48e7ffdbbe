"""Stage `evaluate_emnist`: the only one that reads a variant's test rows; figures, reports and the ONNX model."""

import logging
from typing import NamedTuple

import click
import numpy as np
import onnx
import pandas as pd
import torch

from src.common.command import Command
from src.data.tables.source_names import holds_sample
from src.data.tables.table import read_table, split_schema_of
from src.models.evaluation_emnist.files import EmnistEvaluation, write_emnist_evaluation
from src.models.evaluation_emnist.look_alikes import look_alike_figures
from src.models.network.forward import row_logits
from src.models.network.network import Network
from src.models.network.weights import load_network
from src.models.recording.record import Written, record
from src.models.reports.report_tables import percent
from src.models.rows.row_tensors import make_tensors
from src.models.rows.split_rows import rows_of
from src.models.scoring.answers import make_answers
from src.models.scoring.familiarity import Familiarity, familiarity_scores, load_familiarity
from src.models.scoring.intervals import wilson
from src.models.scoring.metrics import label_calibration, label_figures, trust_figures
from src.models.scoring.temperature import scaled, temperatures_of
from src.models.verdict.calibration import Calibration, read_calibration
from src.models.verdict.verdict import accepts
from src.release.onnx import check_export, export_network, write_onnx
from src.tasks.emnist import VARIANTS, SplitMode, Variant, split_mode_of
from src.tasks.emnist_params import load_emnist_params
from src.tracking.tracking import track

_CHECKED = 500
"""Test rows on which the ONNX model is compared with the network."""

logger = logging.getLogger(__name__)


class Inputs(NamedTuple):
    """The test rows and what reads them; `split_mode` says whose split it is."""

    rows: pd.DataFrame
    split_mode: SplitMode
    network: Network
    calibration: Calibration
    familiarity: Familiarity


def read_inputs(variant: Variant) -> Inputs:
    """Read everything of a variant.

    Raises:
        InputError: A file is missing, or is not what it should be, or has no test rows.
    """
    frame = read_table(variant.table, split_schema_of(variant.alphabet))
    rows = rows_of(frame, "test", variant.table).reset_index(drop=True)
    network = load_network(variant.network, variant.alphabet)
    familiarity = load_familiarity(variant.familiarity, network)
    return Inputs(rows, split_mode_of(frame["source"]), network, read_calibration(variant.calibration), familiarity)


def evaluate_emnist(inputs: Inputs, variant: Variant, bins: int) -> tuple[EmnistEvaluation, onnx.ModelProto]:
    """Ask the network, compute every figure, and export the network.

    Raises:
        WorkError: The exported model answers otherwise than the network.
    """
    samples = make_tensors(inputs.rows, torch.device("cpu"), variant.alphabet)
    raw = make_answers(row_logits(inputs.network, samples), samples, variant.alphabet)
    answers = scaled(raw, temperatures_of(inputs.calibration, height_known=False))
    scores = familiarity_scores(inputs.familiarity, inputs.network, samples.image, samples.relative_height)
    score = scores.numpy().astype(np.float64)
    figures = {
        **label_figures(answers),
        **label_calibration(answers, bins),
        **label_calibration(raw, bins, "_uncalibrated"),
        "accepted": wilson(accepts(score, inputs.calibration)),
        **trust_figures(answers, inputs.calibration.label_threshold),
    }
    model = export_network(inputs.network, inputs.familiarity, inputs.calibration)
    some = samples.take(torch.arange(min(_CHECKED, len(inputs.rows))))
    digits = int(answers.is_digit.sum())
    metrics = {
        "corpus": "sample" if holds_sample(inputs.rows) else "upstream",
        "variant": variant.name,
        "sources": sorted(set(inputs.rows["source"])),
        "split_mode": inputs.split_mode,
        "rows": {"test": len(inputs.rows), "letters": len(inputs.rows) - digits, "digits": digits},
        **{name: figure.as_json() for name, figure in figures.items()},
        "look_alikes": look_alike_figures(answers),
        "trusted_threshold": inputs.calibration.label_threshold,
        "onnx_max_difference": check_export(model, inputs.network, inputs.familiarity, some),
    }
    return EmnistEvaluation(inputs.rows, answers, metrics, bins), model


@click.command(cls=Command)
@click.argument("variant", type=click.Choice(list(VARIANTS)))
def main(variant: str) -> None:
    """Evaluate on the test rows of a VARIANT, and export its network to ONNX."""
    params, chosen = load_emnist_params(), VARIANTS[variant]
    inputs, reports = read_inputs(chosen), chosen.reports / "evaluate"
    curves = pd.read_csv(chosen.curves)
    stage = f"evaluate_emnist@{variant}"
    with track(stage) as run:
        evaluation, model = evaluate_emnist(inputs, chosen, params.evaluate.calibration_bins)
        write_onnx(model, chosen.exported)
        write_emnist_evaluation(evaluation, chosen, curves, reports)
        read = params.model_dump(include={"evaluate"})
        record(run, evaluation, read, Written([chosen.table], chosen.exported, reports))
    mode, label = inputs.split_mode, percent(evaluation.metrics["label"]["value"], 2)
    logger.info("%s: label %s (%s split); read %s", chosen.task, label, mode, reports / "report.md")


if __name__ == "__main__":
    main()
