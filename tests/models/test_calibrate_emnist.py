import json
from pathlib import Path

import numpy as np
import pytest

from src.data.tables.table import read_table, split_schema_of
from src.models.calibrate_emnist import calibrate_emnist, describe
from src.models.network.weights import load_network
from src.models.scoring.answers import Answers
from src.models.scoring.familiarity import load_familiarity
from src.models.verdict.calibration import read_calibration
from src.tasks.emnist_params import EmnistCalibrate
from tests.glyphs import GLYPHS
from tests.models.emnist_folder import VARIANT

SETTINGS = EmnistCalibrate(acceptance=0.9, trusted=0.95, familiar_rows=100)


@pytest.fixture
def answers() -> Answers:
    """400 answers of a network that is too sure of itself: a quarter are wrong, and those a little less sure."""
    generator = np.random.default_rng(0)
    label = generator.integers(0, len(GLYPHS), 400)
    said = np.where(generator.random(400) < 0.25, (label + 1) % len(GLYPHS), label)
    logits = generator.normal(0, 1, (400, len(GLYPHS)))
    logits[np.arange(400), said] += np.where(said == label, 9, 6)
    return Answers(logits, np.zeros(400), label, np.full(400, np.nan), GLYPHS)


def test_right_answers_are_trusted_as_often_as_asked_and_wrong_ones_less_often(answers: Answers) -> None:
    score = np.linspace(0, 1, 400)
    calibration = calibrate_emnist(answers, score, SETTINGS)
    figures = describe(answers, score, calibration, SETTINGS, 10)
    right = int(answers.label_right.sum())
    assert figures["right_where_sure"]["right"] == pytest.approx(0.95 * right, abs=1)
    assert figures["right_where_unsure"]["value"] < figures["right_where_sure"]["value"]
    assert figures["trusted_threshold"] == calibration.label_threshold
    assert figures["accepted"] == pytest.approx(0.9, abs=0.01)
    assert figures["label_ece"]["after"] < figures["label_ece"]["before"]
    assert calibration.label_temperature > 1


def test_the_stage_reads_validation_rows_only_and_writes_what_the_export_needs(
    latin: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(latin)
    figures = json.loads((VARIANT.reports / "calibrate/trusted_threshold.json").read_text("utf-8"))
    frame = read_table(VARIANT.table, split_schema_of(VARIANT.alphabet))
    assert figures["val_rows"] == (frame["split"] == "val").sum()
    assert read_calibration(VARIANT.calibration).label_threshold == figures["trusted_threshold"] > 0
    load_familiarity(VARIANT.familiarity, load_network(VARIANT.network, VARIANT.alphabet))
