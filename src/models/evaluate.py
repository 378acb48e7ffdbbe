"""Stage `evaluate`: the only one that reads test rows; figures, reports and the ONNX model.

The network runs in float32 on the CPU, whatever it was trained on: that is how the exported model runs.
"""

import logging

import click
import numpy as np
import onnx
import pandas as pd
import torch

from src.common.command import Command
from src.config.params import Params, load_params
from src.config.paths import EXPORTED, reports_of
from src.data.tables.table import stack_images
from src.models.evaluation.files import Evaluation, Refused, write_evaluation
from src.models.evaluation.inputs import TABLES, Inputs, describe_inputs, read_inputs
from src.models.evaluation.refusal_figures import Scores, refusal_by_kind, refusal_figures
from src.models.network.forward import image_features, row_logits
from src.models.network.network import Network
from src.models.recording.held_back_rows import read_held_back
from src.models.recording.record import Written, record
from src.models.reports.report_tables import percent
from src.models.rows.row_tensors import make_tensors, without_heights
from src.models.scoring.answers import Answers, make_answers
from src.models.scoring.familiarity import familiarity_scores
from src.models.scoring.intervals import Estimate, Floats, wilson
from src.models.scoring.metrics import (
    calibration_figures,
    case_figures,
    kind_known_right,
    label_figures,
    returned_figures,
    top_right,
)
from src.models.scoring.temperature import scaled, temperatures_of
from src.models.verdict.verdict import accepts
from src.release.onnx import check_export, export_network, write_onnx
from src.tracking.tracking import track

REPORTS = reports_of("evaluate")

logger = logging.getLogger(__name__)


def evaluate(inputs: Inputs, params: Params) -> tuple[Evaluation, onnx.ModelProto]:
    """Ask the networks, compute every figure, and export the network.

    Raises:
        WorkError: The exported model answers otherwise than the network.
    """
    bins, calibration = params.evaluate.calibration_bins, inputs.calibration
    samples = make_tensors(inputs.rows, torch.device("cpu"))
    raw, raw_hidden = (
        make_answers(row_logits(inputs.network, variant), variant) for variant in (samples, without_heights(samples))
    )
    answers = scaled(raw, temperatures_of(calibration, height_known=True))
    hidden = scaled(raw_hidden, temperatures_of(calibration, height_known=False))
    unseen, unseen_scores = _answers_and_scores(inputs, inputs.unseen)
    paired = inputs.rows["label"].isin(inputs.paired).to_numpy()
    scores = Scores(_scores(inputs, inputs.rows), unseen_scores, _scores(inputs, inputs.negatives))
    figures = {
        **label_figures(answers),
        **case_figures(answers, paired),
        **case_figures(hidden, paired, "_unknown_height"),
        **returned_figures(answers, paired, calibration),
        **returned_figures(hidden, paired, calibration, "_unknown_height"),
        **calibration_figures(answers, bins),
        **calibration_figures(raw, bins, "_uncalibrated"),
        **_unseen_figures(unseen),
        "mnist_test": wilson(kind_known_right(_answers(inputs.network, inputs.digits))),
        "mnist_test_pretrained": wilson(kind_known_right(_answers(inputs.pretrained, inputs.digits))),
        **refusal_figures(scores, calibration),
    }
    accepted = accepts(scores.negatives, calibration)
    model = export_network(inputs.network, inputs.familiarity, calibration)
    difference = check_export(model, inputs.network, inputs.familiarity, samples)
    metrics = {
        **describe_inputs(inputs, params.split.mode),
        **{name: figure.as_json() for name, figure in figures.items()},
        "refusal_kinds": refusal_by_kind(inputs.negatives, scores, calibration),
        "onnx_max_difference": difference,
    }
    refused = Refused(inputs.negatives, scores.negatives, accepted)
    return Evaluation(inputs.rows, answers, hidden, inputs.unseen, unseen, refused, metrics, bins), model


def _answers(network: Network, rows: pd.DataFrame) -> Answers:
    samples = make_tensors(rows, torch.device("cpu"))
    return make_answers(row_logits(network, samples), samples)


@torch.no_grad()
def _answers_and_scores(inputs: Inputs, rows: pd.DataFrame) -> tuple[Answers, Floats]:
    samples = make_tensors(rows, torch.device("cpu"))
    features = image_features(inputs.network, samples.image)
    logits = inputs.network.heads(features, samples.relative_height)
    scores = inputs.familiarity.score(samples.image, features, logits.label)
    return make_answers(logits, samples), scores.numpy().astype(np.float64)


def _scores(inputs: Inputs, rows: pd.DataFrame) -> Floats:
    images = torch.from_numpy(stack_images(rows))
    scores = familiarity_scores(inputs.familiarity, inputs.network, images)
    return scores.numpy().astype(np.float64)


def _unseen_figures(answers: Answers) -> dict[str, Estimate]:
    return {
        "unseen": wilson(answers.label_right),
        "unseen_kind_known": wilson(kind_known_right(answers)),
        "unseen_top3": wilson(top_right(answers, 3)),
    }


@click.command(cls=Command)
def main() -> None:
    """Evaluate on the test rows, and export the network to ONNX."""
    params = load_params()
    inputs = read_inputs()
    with track("evaluate") as run:
        evaluation, model = evaluate(inputs, params)
        write_onnx(model, EXPORTED)
        write_evaluation(evaluation, inputs.curves, REPORTS)
        read = params.model_dump(include={"split": {"mode"}, "evaluate": True})
        written = Written(TABLES, EXPORTED, REPORTS, read_held_back(inputs.learnable))
        record(run, evaluation, read, written)
    label, case = (percent(evaluation.metrics[name]["value"]) for name in ("label", "case_letters"))
    logger.info("label %s, case %s; read %s", label, case, REPORTS / "report.md")


if __name__ == "__main__":
    main()
