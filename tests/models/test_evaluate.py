"""Small untrained networks on printed characters: almost every answer is wrong, which the reports must bear."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from src.config.paths import CALIBRATION_FILE, EXPORTED, FINETUNED, SPLIT_TABLE
from src.data.tables.table import stack_images
from src.models import evaluate as stage
from src.models.evaluation.report import NAMES, SAMPLE_NOTE
from src.models.network.network import Network
from src.models.network.weights import save_network
from src.models.scoring.headline import HEADLINE
from src.models.verdict.calibration import parse_calibration
from src.models.verdict.verdict import judge
from src.release.onnx import onnx_outputs
from tests.models.evaluation_folder import Done, run_stage, write_tables
from tests.models.factory import NETWORK

ROOT = Path(__file__).parents[2]
FILES = {
    "details.json", "metrics.json", "report.md", "classes.csv", "predictions.csv", "errors.csv", "errors.png",
    "label_confusion.csv",
    "label_confusion.png", "case_confusion.csv", "case_confusion.png", "reliability.csv", "reliability.png",
    "curves.png", "accepted.png", "unseen.csv", "unseen.png",
}  # fmt: skip


@pytest.fixture
def copy(done: Done, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the inputs without outputs; the export, which takes seconds, is the one already made."""
    shutil.copytree(done.folder, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / stage.REPORTS)
    (tmp_path / "copy" / EXPORTED).unlink()
    monkeypatch.setattr(stage, "export_network", lambda *_: done.model)
    return tmp_path / "copy"


def test_the_stage_writes_every_report_and_the_model(done: Done) -> None:
    assert {path.name for path in (done.folder / stage.REPORTS).iterdir()} == FILES
    assert [value.name for value in done.model.graph.output] == ["label", "case", "score"]


def test_every_figure_has_its_interval_and_its_rows(done: Done) -> None:
    figures = {name: done.metrics[name] for name in NAMES}
    counted = [figure for figure in figures.values() if figure["n"]]  # an untrained network tells no case
    assert all(figure["low"] <= figure["value"] <= figure["high"] for figure in counted)
    assert {name for name in NAMES if not figures[name]["n"]} <= {
        "case_returned_right", "case_returned_right_unknown_height",
    }  # fmt: skip
    rows = {name: figures[name]["n"] for name in ("label", "label_letters", "label_digits", "mnist_test", "unseen")}
    assert rows == {"label": 43, "label_letters": 33, "label_digits": 10, "mnist_test": 20, "unseen": 6}
    assert done.metrics["rows"] == {
        "test": 43,
        "letters": 33,
        "digits": 10,
        "mnist_test": 20,
        "unseen": 6,
        "negatives": 10,
    }
    assert (done.metrics["corpus"], done.metrics["split_mode"]) == ("upstream", "stratified")
    assert done.metrics["sources"] == ["mnist_test", "rukopys"]
    assert done.metrics["onnx_max_difference"] < 1e-3


def test_temperatures_change_probabilities_and_no_answer(done: Done) -> None:
    table = pd.read_csv(done.folder / stage.REPORTS / "predictions.csv")
    assert done.metrics["label_ece"]["value"] != done.metrics["label_ece_uncalibrated"]["value"]
    assert table["label_right"].sum() == done.metrics["label"]["right"]


def test_negatives_are_counted_by_kind(done: Done) -> None:
    kinds = done.metrics["refusal_kinds"]
    assert sum(kind["fpr95"]["n"] for kind in kinds.values()) == done.metrics["refusal_fpr95"]["n"] == 10
    assert sum(kind["fpr95"]["right"] for kind in kinds.values()) == done.metrics["refusal_fpr95"]["right"]
    assert all(f"| {kind.replace('_', ' ')} |" in done.report for kind in kinds)


def test_errors_are_the_rows_that_are_not_right(done: Done) -> None:
    errors = pd.read_csv(done.folder / stage.REPORTS / "errors.csv", dtype=str, keep_default_na=False)
    assert len(errors) == done.metrics["joint"]["n"] - done.metrics["joint"]["right"] > 30
    assert ((errors["label_right"] == "False") | (errors["case_right"] == "False")).all()


def test_prediction_answers_from_the_onnx_file_alone_as_was_evaluated(done: Done) -> None:
    frame = pd.read_parquet(done.folder / SPLIT_TABLE)
    rows = frame[frame["split"] == "test"]
    heights = rows["relative_height"].to_numpy(dtype=np.float32)
    outputs = onnx_outputs(done.model, stack_images(rows), heights)
    (text,) = (entry.value for entry in done.model.metadata_props if entry.key == "calibration")
    calibration = parse_calibration(text, "pysar.onnx")
    verdicts = [
        judge(label, case, score, calibration, height_known=not np.isnan(height))
        for label, case, score, height in zip(*outputs, heights, strict=True)
    ]
    told = pd.read_csv(done.folder / stage.REPORTS / "predictions.csv", dtype={"top_1": str})
    assert [verdict.label for verdict in verdicts] == told["top_1"].tolist()
    np.testing.assert_allclose([verdict.top[0][1] for verdict in verdicts], told["probability_1"], atol=1e-3)
    assert sum(not verdict.refused for verdict in verdicts) == done.metrics["accepted"]["right"]


def test_running_again_gives_the_same_bytes(done: Done, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result, _ = run_stage(copy, monkeypatch)
    assert result.exit_code == 0, result.output
    for name in FILES:
        assert (copy / stage.REPORTS / name).read_bytes() == (done.folder / stage.REPORTS / name).read_bytes(), name
    assert (copy / EXPORTED).read_bytes() == (done.folder / EXPORTED).read_bytes()


def test_what_experiments_are_compared_by_is_a_number_each(done: Done) -> None:
    written = json.loads((done.folder / stage.REPORTS / "metrics.json").read_text(encoding="utf-8"))
    assert written == {name: round(done.metrics[key]["value"], 4) for name, key in HEADLINE.items()}


def test_the_sample_is_named_in_details_and_report(copy: Path, done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tables(copy, "sample_")
    result, _ = run_stage(copy, monkeypatch)
    assert result.exit_code == 0, result.output
    metrics = json.loads((copy / stage.REPORTS / "details.json").read_text(encoding="utf-8"))
    assert (metrics["corpus"], metrics["sources"]) == ("sample", ["sample_mnist_test", "sample_rukopys"])
    assert SAMPLE_NOTE in (copy / stage.REPORTS / "report.md").read_text(encoding="utf-8")
    assert SAMPLE_NOTE not in (done.folder / stage.REPORTS / "report.md").read_text(encoding="utf-8")
    for name in ("errors.png", "label_confusion.png", "case_confusion.png", "reliability.png", "curves.png"):
        assert (copy / stage.REPORTS / name).read_bytes() != (done.folder / stage.REPORTS / name).read_bytes(), name


def test_bad_input_is_one_line_and_nothing_is_written(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (copy / CALIBRATION_FILE).unlink()
    result, run = run_stage(copy, monkeypatch)
    assert result.exit_code == 2
    assert "calibration.json: no such file" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert not (copy / stage.REPORTS).exists()
    assert not (copy / EXPORTED).exists()
    assert not run.method_calls


def test_a_model_that_answers_otherwise_is_not_written(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(1)
    save_network(Network(NETWORK), NETWORK, copy / FINETUNED)  # the export is still of the other
    result, _ = run_stage(copy, monkeypatch)
    assert result.exit_code == 1
    assert "outputs differ from torch's" in result.stderr
    assert not (copy / stage.REPORTS).exists()
    assert not (copy / EXPORTED).exists()
