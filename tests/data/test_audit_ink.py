import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from PIL import Image

from src.common.errors import InputError
from src.config.paths import GLYPH_TABLE, MNIST_TABLE, RAW_MNIST, RAW_RUKOPYS, RUKOPYS_TABLE
from src.data import audit_ink as stage
from src.data.auditing.ink_statistics import STATISTICS, Side
from src.data.cleaning.glyph_table import make_glyph_table, write_glyph_table
from src.data.corpora.glyph_pictures import read_glyphs
from src.data.corpora.idx import read_digits
from src.data.prepare_glyphs import prepare_glyphs
from src.data.prepare_mnist import prepare_mnist
from src.data.tables.table import write_table
from src.features.picture.frame import SIDE
from tests.data.sample_rows import strokes, write_mnist

LETTERS = 45


def canvas(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Draw the strokes of a 28x28 picture as rukopys would: 80 px high, black on a white canvas of 200x200."""
    large = cv2.resize(image[4:24, 4:24], (80, 80), interpolation=cv2.INTER_CUBIC)
    grey = np.full((200, 200), 255, np.uint8)
    grey[60:140, 60:140] = 255 - large
    return grey


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Letters and digits that are the same strokes, drawn in rukopys' way and in MNIST's."""
    monkeypatch.chdir(tmp_path)
    (RAW_RUKOPYS / "glyphs").mkdir(parents=True)
    rows = []
    for number, image in enumerate(strokes(LETTERS, seed=7)):
        name = f"glyphs/{number}.png"
        Image.fromarray(canvas(image)).save(RAW_RUKOPYS / name)
        box = {"left": 60, "top": 60, "right": 140, "bottom": 140}
        rows.append({"filename": name, "label": "озб"[number % 3], "is_uppercase": False, "repair": "", **box})
    glyphs = make_glyph_table(rows)
    write_glyph_table(glyphs, GLYPH_TABLE)
    write_table(prepare_glyphs(glyphs, read_glyphs(RAW_RUKOPYS, glyphs), "rukopys", SIDE), RUKOPYS_TABLE)
    write_mnist(RAW_MNIST, 300, 10)
    write_table(prepare_mnist({"mnist_train": read_digits(RAW_MNIST, "train")}, SIDE), MNIST_TABLE)
    return tmp_path


def test_stage_reports_before_and_after_with_intervals_and_the_same_bytes_again(folder: Path) -> None:
    written = []
    for _ in range(2):
        result = CliRunner().invoke(stage.main)
        assert result.exit_code == 0, result.output
        written.append((stage.DETAILS.read_bytes(), stage.FIGURE.read_bytes()))
    assert written[0] == written[1]
    metrics = json.loads((folder / stage.DETAILS).read_text())
    assert metrics["bar"] == 0.7
    assert (metrics["digits"], metrics["letters"]) == (90, LETTERS)
    for when in ("before", "after"):
        assert list(metrics[when]) == ["all", "0-о", "3-з", "6-б"]
        for found in metrics[when].values():
            assert found["low"] <= found["auc"] <= found["high"]
    assert metrics["before"]["all"]["auc"] > 0.95, "the box alone tells them apart"
    assert metrics["after"]["all"]["low"] < 0.6
    assert metrics["within_bar"] == (metrics["after"]["all"]["auc"] <= 0.7)


def test_ink_that_gives_the_kind_away_is_over_the_bar() -> None:
    labels = np.repeat(["0", "3", "6"], 20), np.repeat(["о", "з", "б"], 20)
    noise = np.random.default_rng(0).normal(size=(4, 60, len(STATISTICS)))
    metrics = stage.audit(Side(labels[0], noise[0], noise[1]), Side(labels[1], noise[2], noise[3] + 1))
    assert metrics["within_bar"] is False
    assert metrics["after"]["3-з"]["auc"] > 0.8
    assert metrics["before"]["all"]["auc"] < 0.7


def test_letters_are_shrunk_as_the_published_pipeline_did() -> None:
    ink = np.zeros((200, 200), np.uint8)
    ink[50:150, 90:110] = 255
    assert (stage.shrink(ink) == 255).all(), "a bar fills the whole picture: its shape is thrown away"


def test_pair_without_letters_is_named() -> None:
    blank = np.zeros((4, len(STATISTICS)))
    side = Side(np.array(["0", "0", "3", "3"]), blank, blank)
    with pytest.raises(InputError, match="digit 0 or letter о"):
        stage.audit(side, Side(np.array(["з", "з", "б", "б"]), blank, blank))


def test_tables_that_do_not_belong_to_the_raw_files_are_told(folder: Path) -> None:
    write_mnist(RAW_MNIST, 200, 10)
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 2
    assert "300 training digits, 200 in" in result.output
    assert not (folder / stage.DETAILS).exists()
