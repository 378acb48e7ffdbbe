import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from src.config.paths import COMNIST_TABLE, RAW_COMNIST
from src.data import prepare_comnist as stage
from src.data.corpora.comnist_pictures import read_files
from src.data.tables.sample_mark import mark_sample
from src.data.tables.table import read_table, stack_images
from src.features.picture.frame import SIDE
from src.features.picture.normalize import normalize
from tests.data.letter_zips import canvas, write_comnist
from tests.data.sample_rows import write_params

PAPER = np.full((278, 278, 3), 255, np.uint8)
DOT = PAPER.copy()
DOT[100:120, 100:120] = 0

PICTURES = {
    "а/58a9cea0bee51.png": canvas(1),
    "а/58a9cea0bee52.png": canvas(1),
    "а/A_1cvpdy93.png": canvas(2),
    "б/58a9cea0bee53.png": canvas(3),
    "в/58a9cea0bee54.png": canvas(3),
    "к/abgcppxvkz.png": canvas(4),
    "к/58a9cea0bee55.png": PAPER,
    "х/58a9cea0bee56.png": DOT,
    "қ/abgcppxvkz.png": canvas(4),
    "і/adgqoifhzc.png": canvas(5),
}
KEPT = ["а/58a9cea0bee51.png", "і/adgqoifhzc.png"]


@pytest.fixture(autouse=True)
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path)
    write_comnist(RAW_COMNIST, PICTURES)
    return RAW_COMNIST


def test_letters_come_with_their_height_and_no_case() -> None:
    frame, _ = stage.prepare_comnist(read_files(RAW_COMNIST), "comnist", SIDE)
    glyphs = [normalize(PICTURES[name][:, :, 0]) for name in KEPT]
    assert frame["filename"].tolist() == KEPT
    assert frame["label"].tolist() == ["а", "і"]
    assert frame["relative_height"].tolist() == [glyph.relative_height for glyph in glyphs]
    assert frame["is_uppercase"].isna().all()
    assert frame["group"].tolist() == [f"comnist/{name}" for name in KEPT]
    assert np.array_equal(stack_images(frame), [glyph.image for glyph in glyphs])


def test_every_picture_that_is_left_out_is_counted_by_reason() -> None:
    frame, dropped = stage.prepare_comnist(read_files(RAW_COMNIST), "comnist", SIDE)
    assert dropped == {
        "not_ukrainian": 1,
        "kazakh_letter_in_this_folder": 1,
        "latin_letter_in_this_folder": 1,
        "blank": 1,
        "speck": 1,
        "duplicate_under_two_labels": 2,
        "duplicate": 1,
    }
    assert len(frame) + sum(dropped.values()) == len(PICTURES)


def test_stage_writes_the_same_bytes_again(corpus: Path) -> None:
    mark_sample(corpus)
    written = []
    for _ in range(2):
        result = CliRunner().invoke(stage.main)
        assert result.exit_code == 0, result.output
        written.append([path.read_bytes() for path in (COMNIST_TABLE, stage.DETAILS, stage.SHEET)])
    assert written[0] == written[1]
    assert read_table(COMNIST_TABLE)["source"].tolist() == ["sample_comnist"] * 2
    details = json.loads(stage.DETAILS.read_text(encoding="utf-8"))
    assert details["sample"]
    assert details["letters"] == {"а": {"unknown": 1}, "і": {"unknown": 1}}


def test_stage_without_its_archive_says_what_to_run(corpus: Path) -> None:
    (corpus / "comnist.zip").unlink()
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 2
    assert "comnist.zip: no such file; run `dvc repro`" in result.output
