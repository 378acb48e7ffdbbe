"""Stage `calibrate`: what probabilities are worth and when an answer is not given, chosen on out-of-fold answers.

The rows are those of train and val, given drawings aside: each is read, with its height known and hidden, by a network
that learned the other folds. What is chosen so is used with the final network, which learned from more than each of
them. The score by which pictures are refused is fitted with the negatives of split val.
"""

import logging
from typing import Any

import click
import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from src.common.command import Command
from src.common.cores import allowed_cores
from src.common.files import write_json
from src.common.report_files import write_csv
from src.config.params import Params, load_params
from src.config.paths import (
    CALIBRATION_FILE,
    FAMILIARITY_FILE,
    FINETUNED,
    OUT_OF_FOLD,
    SPLIT_TABLE,
    details_of,
    metrics_of,
)
from src.config.sections import Calibrate
from src.data.tables.source_names import holds_sample
from src.data.tables.table import SPLIT_SCHEMA, read_table, stack_images
from src.models.held_back.out_of_fold import Reader, Readings, learned_rows, out_of_fold
from src.models.held_back.right_answers import right_answers
from src.models.held_back.thresholds import case_threshold, score_threshold
from src.models.network.weights import load_network
from src.models.rows.corpora import hold_back, read_corpora, without
from src.models.rows.no_characters import read_no_characters
from src.models.rows.split_rows import rows_of
from src.models.scoring.answers import Answers, Flags
from src.models.scoring.calibration_error import case_error, label_error
from src.models.scoring.familiarity import Familiarity, fit_familiarity, save_familiarity
from src.models.scoring.headline import brief
from src.models.scoring.metrics import paired_letters
from src.models.scoring.temperature import cross_fitted, fit_temperatures, scaled, temperatures_of
from src.models.verdict.calibration import Calibration, write_calibration
from src.models.verdict.probabilities import surely
from src.models.verdict.verdict import accepts, returns_case

DETAILS = details_of("calibrate")
METRICS = metrics_of("calibrate")

logger = logging.getLogger(__name__)


def calibrate(rows: pd.DataFrame, readings: Readings, settings: Calibrate) -> Calibration:
    """Fit temperatures and thresholds to out-of-fold answers.

    Args:
        rows: n rows of a sample table.
        readings: What was said of each by a network that had not learned it.
        settings: How often a returned case must be right, and how many characters must be accepted.
    """
    known, hidden = fit_temperatures(readings.known), fit_temperatures(readings.hidden)
    paired = _paired(rows, readings.known)
    both = [scaled(readings.known, known).take(paired), scaled(readings.hidden, hidden).take(paired)]
    certainty = surely(np.concatenate([answers.uppercase_probability for answers in both]))
    right = np.concatenate([answers.case_right for answers in both])
    return Calibration(
        label_temperature=known.label,
        case_temperature=known.case,
        case_temperature_unknown_height=hidden.case,
        case_threshold=case_threshold(certainty, right, settings.case_precision),
        score_threshold=score_threshold(readings.score, settings.acceptance),
    )


def describe(rows: pd.DataFrame, readings: Readings, calibration: Calibration, bins: int) -> dict[str, Any]:
    """Return the figures for details.json.

    Calibration errors `after` are cross-fitted: the temperatures are those of the other folds. The cases returned
    and the accepted share are of the very rows on which the thresholds were chosen.
    """
    fold, paired = rows["fold"].to_numpy(), _paired(rows, readings.known)
    known, hidden = (cross_fitted(answers, fold) for answers in (readings.known, readings.hidden))
    return {
        "rows": len(rows),
        "label_ece": {"before": label_error(readings.known, bins), "after": label_error(known, bins)},
        "height_known": _case_figures(readings.known, known, paired, calibration, height_known=True, bins=bins),
        "height_hidden": _case_figures(readings.hidden, hidden, paired, calibration, height_known=False, bins=bins),
        "accepted": float(accepts(readings.score, calibration).mean()),
        "calibration": calibration.described(),
    }


def held_back_figures(answers: Answers) -> dict[str, float]:
    """Return what experiments are chosen by: how often label and case are right of rows that were not learned.

    Args:
        answers: Out-of-fold, heights known; the case counts where there is one.
    """
    case_right = answers.case_right[answers.has_case]
    return {"val_label": brief(float(answers.label_right.mean())), "val_case": brief(float(case_right.mean()))}


def familiar(frame: pd.DataFrame, negatives: NDArray[np.uint8], params: Params) -> Familiarity:
    """Return what scores pictures as the final network sees them, from the rows that it has learned and negatives.

    Raises:
        InputError: The network or a table is missing, or is not what it should be.
    """
    old, _ = hold_back(read_corpora(params.pretrain.corpora), params.pretrain)
    old = without(old, rows_of(frame, "val"))
    learned = learned_rows(rows_of(frame, "train"), old, torch.device("cpu"))
    return fit_familiarity(load_network(FINETUNED), learned, torch.from_numpy(negatives))


def _paired(rows: pd.DataFrame, answers: Answers) -> Flags:
    return np.asarray(rows["label"].isin(paired_letters(rows)).to_numpy() & answers.has_case)


def _case_figures(
    raw: Answers,
    cross: Answers,
    paired: Flags,
    calibration: Calibration,
    *,
    height_known: bool,
    bins: int,
) -> dict[str, Any]:
    answers = scaled(raw, temperatures_of(calibration, height_known=height_known)).take(paired)
    returned = returns_case(answers.uppercase_probability, calibration)
    return {
        "case_ece": {"before": case_error(raw, bins), "after": case_error(cross, bins)},
        "case_right": float(answers.case_right.mean()),
        "case_returned": float(returned.mean()),
        "case_returned_right": float(answers.case_right[returned].mean()) if returned.any() else None,
    }


@click.command(cls=Command)
def main() -> None:
    """Fit temperatures and thresholds on answers of networks to rows that they had not learned."""
    params, frame = load_params(), read_table(SPLIT_TABLE, SPLIT_SCHEMA)
    settings = params.calibrate
    negatives = stack_images(read_no_characters("val"))
    familiarity = familiar(frame, negatives, params)
    pool = frame[frame["split"] != "test"].drop(columns="split").reset_index(drop=True)
    reader = Reader(pool, negatives, params, "calibrate.folds")
    ((rows, readings),) = out_of_fold(reader, settings.folds, [settings.seed], allowed_cores())
    calibration = calibrate(rows, readings, settings)
    figures = describe(rows, readings, calibration, params.evaluate.calibration_bins)
    save_familiarity(familiarity, FAMILIARITY_FILE)
    write_calibration(calibration, CALIBRATION_FILE)
    write_csv(right_answers(rows, readings.known), OUT_OF_FOLD)
    write_json(DETAILS, {"corpus": "sample" if holds_sample(frame) else "upstream", **figures})
    write_json(METRICS, held_back_figures(readings.known))
    logger.info("%d rows read; read %s", len(rows), DETAILS)


if __name__ == "__main__":
    main()
