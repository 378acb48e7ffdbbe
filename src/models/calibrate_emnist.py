"""Stage `calibrate_emnist`: what probabilities are worth and when an answer is unsure, chosen on validation rows.

Unsure is what is less probable than 95 % of the right answers to validation rows: a one-sided bound, by rank and not
by a bell curve, which probabilities near 1 do not follow.
"""

import logging
from typing import Any

import click
import numpy as np
import pandas as pd
import torch

from src.common.command import Command
from src.common.files import write_json
from src.data.tables.table import read_table, split_schema_of
from src.models.held_back.thresholds import score_threshold, trusted_threshold
from src.models.network.forward import row_logits
from src.models.network.network import Network
from src.models.network.weights import load_network
from src.models.rows.row_tensors import make_tensors
from src.models.rows.split_rows import rows_of
from src.models.scoring.answers import Answers, make_answers
from src.models.scoring.calibration_error import label_error
from src.models.scoring.familiarity import Familiarity, familiarity_scores, fit_familiarity, save_familiarity
from src.models.scoring.intervals import Floats
from src.models.scoring.metrics import trust_figures
from src.models.scoring.temperature import Temperatures, fit_temperatures, scaled
from src.models.verdict.calibration import Calibration, write_calibration
from src.models.verdict.verdict import accepts
from src.tasks.emnist import VARIANTS, Variant
from src.tasks.emnist_params import EmnistCalibrate, EmnistParams, load_emnist_params

CPU = torch.device("cpu")

logger = logging.getLogger(__name__)


def calibrate_emnist(answers: Answers, score: Floats, settings: EmnistCalibrate) -> Calibration:
    """Choose temperature and thresholds on answers to validation rows and on their scores, (n,).

    What is said of the case is not asked: labels tell it.
    """
    temperature = fit_temperatures(answers).label
    probable = _scaled(answers, temperature).probabilities.max(axis=1)
    return Calibration(
        label_temperature=temperature,
        case_temperature=1,
        case_temperature_unknown_height=1,
        case_threshold=1,
        score_threshold=score_threshold(score, settings.acceptance),
        label_threshold=trusted_threshold(probable, answers.label_right, settings.trusted),
    )


def familiar(network: Network, train: pd.DataFrame, variant: Variant, most: int) -> Familiarity:
    """Return what scores pictures as the network sees them, from some of the rows that it has learned."""
    some = train.sample(min(len(train), most), random_state=0)
    return fit_familiarity(network, make_tensors(some, CPU, variant.alphabet))


def describe(
    answers: Answers, score: Floats, calibration: Calibration, settings: EmnistCalibrate, bins: int
) -> dict[str, Any]:
    """Return the metrics, which are also the threshold's file; all of the rows on which everything was chosen."""
    known = _scaled(answers, calibration.label_temperature)
    trust = trust_figures(known, calibration.label_threshold)
    return {
        "trusted_threshold": calibration.label_threshold,
        "one_sided": settings.trusted,
        "val_rows": len(answers.label),
        **{name: figure.as_json() for name, figure in trust.items()},
        "label_ece": {"before": label_error(answers, bins), "after": label_error(known, bins)},
        "accepted": float(np.mean(accepts(score, calibration))),
        "calibration": calibration.described(),
    }


def _scaled(answers: Answers, temperature: float) -> Answers:
    return scaled(answers, Temperatures(temperature, 1))


def _run(variant: Variant, params: EmnistParams) -> None:
    frame = read_table(variant.table, split_schema_of(variant.alphabet))
    network = load_network(variant.network, variant.alphabet)
    train, validation = (rows_of(frame, split, variant.table) for split in ("train", "val"))
    familiarity = familiar(network, train, variant, params.calibrate.familiar_rows)
    samples = make_tensors(validation, CPU, variant.alphabet)
    answers = make_answers(row_logits(network, samples), samples, variant.alphabet)
    scores = familiarity_scores(familiarity, network, samples.image, samples.relative_height)
    score = scores.numpy().astype(np.float64)
    calibration = calibrate_emnist(answers, score, params.calibrate)
    save_familiarity(familiarity, variant.familiarity)
    write_calibration(calibration, variant.calibration)
    figures = describe(answers, score, calibration, params.calibrate, params.evaluate.calibration_bins)
    write_json(variant.reports / "calibrate" / "trusted_threshold.json", figures)
    logger.info("%s: unsure below %.3f", variant.task, calibration.label_threshold)


@click.command(cls=Command)
@click.argument("variant", type=click.Choice(list(VARIANTS)))
def main(variant: str) -> None:
    """Fit temperature and thresholds on the validation rows of a VARIANT."""
    _run(VARIANTS[variant], load_emnist_params())


if __name__ == "__main__":
    main()
