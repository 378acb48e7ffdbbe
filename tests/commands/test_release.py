"""What a user may rely on: the released model is small, its card tells what it is, and no toy is released."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from src.commands.release import LARGEST_BYTES, main, small_model
from src.common.digests import file_digest
from src.common.errors import InputError, WorkError
from src.models.network.network import Network
from src.prediction.model import Model, read_model
from src.prediction.model_file import TASKS, UKRAINIAN, card_of, released_file
from src.release.forms import Rows, right, rows_for
from src.release.onnx import export_network, write_onnx
from src.release.source import EMNIST_FIGURES, UKRAINIAN_FIGURES
from tests.models.factory import CALIBRATION, NETWORK, typed_familiarity, typed_table
from tests.prediction.broken_models import BROKEN

RELEASED_FIGURES = {UKRAINIAN: UKRAINIAN_FIGURES, "emnist-balanced": EMNIST_FIGURES}
LEARNED = {UKRAINIAN: {"mnist", "rukopys", "cmnist"}, "emnist-balanced": {"emnist"}}

LATIN = released_file("emnist-balanced")


@pytest.mark.parametrize("task", LEARNED)
def test_a_released_model_is_what_its_card_says(task: str) -> None:
    model = released_file(task)
    card = json.loads(card_of(model).read_text("utf-8"))
    assert card["name"] == TASKS[task].stem
    assert model.stat().st_size <= LARGEST_BYTES
    assert card["sha256"] == file_digest(model)
    assert card["figures"]["label"]["low"] < card["figures"]["label"]["value"] < card["figures"]["label"]["high"]
    assert set(card["figures"]) == set(RELEASED_FIGURES[task])
    assert set(card["data"]) == LEARNED[task]
    assert len(card["git_revision"]) == 40
    assert "licence" in card


def test_no_other_model_is_in_the_code() -> None:
    models = {file for task in LEARNED for file in (released_file(task), card_of(released_file(task)))}
    assert set(released_file(UKRAINIAN).parent.iterdir()) == models


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model as `evaluate` exports it, of an untrained network."""
    torch.manual_seed(0)
    network, path = Network(NETWORK), tmp_path_factory.mktemp("models") / "pysar.onnx"
    write_onnx(export_network(network, typed_familiarity(network), CALIBRATION), path)
    return path


@pytest.fixture(scope="module")
def rows() -> Rows:
    return rows_for(typed_table())


def test_a_release_reads_as_the_model_as_exported_does(
    exported: Path, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.commands.release.MOST_LOST", 1.0)  # an untrained network is sure of nothing
    content, before, after = small_model(exported, rows, rows)
    assert len(content) < exported.stat().st_size
    released, whole = Model(content, "released"), read_model(exported)
    assert released.calibration == whole.calibration
    assert before == right(whole.outputs, rows)
    assert after == right(released.outputs, rows)
    assert small_model(exported, rows, rows)[0] == content


def test_a_model_that_is_too_large_is_not_released(exported: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.commands.release.LARGEST_BYTES", 1000)
    with pytest.raises(WorkError, match="above 1,000"):
        small_model(exported, rows, rows)


def test_a_model_that_would_read_less_is_not_released(
    exported: Path, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.commands.release.MOST_LOST", -1.0)
    with pytest.raises(WorkError, match="not released"):
        small_model(exported, rows, rows)


def test_a_model_that_does_not_work_or_of_another_task_is_not_released(rows: Rows, tmp_path: Path) -> None:
    for content, reason in ((BROKEN["NaN"][0], "not a number"), (LATIN.read_bytes(), "another alphabet")):
        (tmp_path / "pysar.onnx").write_bytes(content)
        with pytest.raises(InputError, match=reason):
            small_model(tmp_path / "pysar.onnx", rows, rows)


def test_a_missing_model_is_named(tmp_path: Path, rows: Rows) -> None:
    with pytest.raises(InputError, match=r"nowhere\.onnx"):
        small_model(tmp_path / "nowhere.onnx", rows, rows)


@pytest.mark.parametrize("task", [UKRAINIAN, "emnist-balanced"])
def test_a_repository_without_tables_is_told_what_to_run(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").touch()
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["--task", task])
    assert result.exit_code == 2
    assert "split.parquet" in result.stderr
