"""What a user may rely on from `evaluate_emnist`: figures of the test rows that say of which split, and a model."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock, create_autospec

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from src.data.tables.table import read_table, split_schema_of, stack_images
from src.features.picture.normalize import Glyph
from src.models import evaluate_emnist as stage
from src.models.evaluation_emnist.files import surest
from src.models.reports.error_sheet import Mistake
from src.prediction.answer import answer_glyphs
from src.prediction.model import read_model
from src.tracking.tracking import TrackedRun
from tests.models.emnist_folder import VARIANT

REPORTS = VARIANT.reports / "evaluate"


@pytest.fixture(scope="module")
def told(latin: Path) -> Mock:
    """Run the stage, and return what it told MLflow."""
    run: Mock = create_autospec(TrackedRun, instance=True)

    @contextmanager
    def track(name: str) -> Iterator[Mock]:
        assert name == "evaluate_emnist@mnist"
        yield run

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(latin)
        monkeypatch.setattr(stage, "track", track)
        result = CliRunner().invoke(stage.main, [VARIANT.name])
    assert result.exit_code == 0, result.output
    return run


@pytest.fixture
def metrics(latin: Path, told: Mock, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(latin)
    document: dict[str, Any] = json.loads((REPORTS / "details.json").read_text("utf-8"))
    return document


def test_figures_are_of_the_test_rows_and_say_whose_split_it_is(metrics: dict[str, Any]) -> None:
    frame = read_table(VARIANT.table, split_schema_of(VARIANT.alphabet))
    test = int((frame["split"] == "test").sum())
    assert metrics["rows"] == {"test": test, "letters": 0, "digits": test}
    assert metrics["split_mode"] == "internal"
    assert metrics["label"]["n"] == metrics["unsure"]["n"] == test
    assert metrics["label"]["low"] < metrics["label"]["value"]
    assert metrics["label_letters"]["value"] is None
    assert metrics["look_alikes"] == {}
    assert "internal split" in (REPORTS / "report.md").read_text("utf-8")


def test_sure_and_unsure_answers_are_all_answers(metrics: dict[str, Any]) -> None:
    sure, unsure = metrics["right_where_sure"], metrics["right_where_unsure"]
    assert sure["right"] + unsure["right"] == metrics["label"]["right"]
    assert unsure["n"] == metrics["unsure"]["right"]


def test_each_table_and_picture_is_written(metrics: dict[str, Any]) -> None:
    with (REPORTS / "classes.csv").open(encoding="utf-8") as stream:
        classes = list(csv.DictReader(stream))
    assert "".join(row["label"] for row in classes) == VARIANT.alphabet.labels
    assert sum(int(row["support"]) for row in classes) == metrics["rows"]["test"]
    with (REPORTS / "errors.csv").open(encoding="utf-8") as stream:
        assert len(list(csv.DictReader(stream))) == metrics["label"]["n"] - metrics["label"]["right"]
    for name in ("classes", "label_confusion", "reliability", "curves", "errors"):
        with Image.open(REPORTS / f"{name}.png") as picture:
            assert min(picture.size) > 200


def test_the_exported_model_answers_as_the_tables_say(metrics: dict[str, Any]) -> None:
    model = read_model(VARIANT.exported)
    assert model.alphabet == VARIANT.alphabet
    assert model.calibration.label_threshold == metrics["trusted_threshold"]
    frame = read_table(VARIANT.table, split_schema_of(VARIANT.alphabet))
    rows = frame[frame["split"] == "test"]
    heights = [None if np.isnan(height) else height for height in rows["relative_height"]]
    glyphs = [Glyph(image, None, height) for image, height in zip(stack_images(rows), heights, strict=True)]
    answers = answer_glyphs(model, glyphs)
    with (REPORTS / "predictions.csv").open(encoding="utf-8") as stream:
        table = list(csv.DictReader(stream))
    assert [answer["label"] for answer in answers] == [row["top_1"] for row in table]
    assert sum(answer["unsure"] for answer in answers) == pytest.approx(metrics["unsure"]["right"], abs=1)
    assert all(answer["uppercase"] is None for answer in answers)


def test_mlflow_is_told_figures_rows_and_a_model_of_its_own_name(metrics: dict[str, Any], told: Mock) -> None:
    told.register.assert_called_once()
    name, tags, figures = told.register.call_args.args
    assert name == "emnist-mnist"
    assert tags["alphabet"] == VARIANT.alphabet.labels
    assert tags["split_mode"] == "internal"
    assert figures["label"] == metrics["label"]["value"]
    assert "split: internal" in told.describe.call_args.args[2]
    recorded = told.log_metrics.call_args.args[0]
    assert recorded["label_low"] == metrics["label"]["low"]
    assert np.isfinite(list(recorded.values())).all()


def test_the_sheet_shows_the_wrong_answers_of_which_the_network_is_surest() -> None:
    sureness = (0.5, 0.9, 0.2, 0.8)
    mistakes = [create_autospec(Mistake, instance=True, top=[("a", each), ("b", 0.1)]) for each in sureness]
    assert surest(mistakes, 2) == [mistakes[1], mistakes[3]]
    assert surest(mistakes, 9) == mistakes
