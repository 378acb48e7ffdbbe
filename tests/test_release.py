"""What a user may rely on: the released model is small, its card tells what it is, and no toy is released."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from src.errors import InputError, WorkError
from src.files import file_digest
from src.prediction.model_file import CARD, RELEASED
from src.release import FIGURES, LARGEST_BYTES, main, small_model


def test_the_released_model_is_what_its_card_says() -> None:
    card = json.loads(CARD.read_text("utf-8"))
    assert RELEASED.stat().st_size <= LARGEST_BYTES
    assert card["sha256"] == file_digest(RELEASED)
    assert set(card["figures"]) == set(FIGURES)
    assert set(card["data"]) == {"mnist", "rukopys", "cmnist"}
    assert len(card["git_revision"]) == 40
    assert "licence" in card


def test_a_model_that_is_too_large_is_not_released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.release.LARGEST_BYTES", 1000)
    images, heights = np.zeros((2, 28, 28), np.uint8), np.full(2, np.nan, np.float32)
    with pytest.raises(WorkError, match="above 1,000"):
        small_model(RELEASED, images, heights)


def test_a_model_whose_answers_would_change_is_not_released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.release.MOST_CHANGED", -1.0)
    images, heights = np.zeros((2, 28, 28), np.uint8), np.full(2, np.nan, np.float32)
    with pytest.raises(WorkError, match="not released"):
        small_model(RELEASED, images, heights)


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.onnx"):
        small_model(tmp_path / "nowhere.onnx", np.zeros((1, 28, 28), np.uint8), np.full(1, np.nan, np.float32))


def test_a_repository_without_tables_is_told_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").touch()
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, [])
    assert result.exit_code == 2
    assert "split.parquet" in result.stderr
