import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from src.config.paths import CMNIST_TABLE, RAW_CMNIST
from src.data import prepare_cmnist as stage
from src.data.corpora.cmnist_pictures import read_pictures
from src.data.tables.sample_mark import mark_sample
from src.data.tables.table import read_table, stack_images
from src.features.picture.frame import SIDE
from src.features.picture.normalize import normalize
from tests.data.letter_zips import crop, write_cmnist
from tests.data.sample_rows import write_params

FIRST, SECOND, OTHER = "20190729081313", "20190729081314", "20190729120000"

A_UPPER, A_LOWER = f"0_0_1_{FIRST}.png", f"0_0_2_{SECOND}.png"
SCHWA, UNKNOWN, BLANK = f"1_1_3_{FIRST}.png", f"4_4_4_{OTHER}.png", f"0_0_5_{FIRST}.png"
AGAIN, AS_G, AS_V = f"0_0_6_{SECOND}.png", f"4_4_7_{FIRST}.png", f"3_3_8_{FIRST}.png"

PICTURES = {
    A_UPPER: crop(1),
    A_LOWER: crop(2),
    SCHWA: crop(3),
    UNKNOWN: crop(4),
    BLANK: np.full((28, 28), 255, np.uint8),
    AGAIN: crop(2),
    AS_G: crop(5),
    AS_V: crop(5),
}
CODES = {A_UPPER: 42, A_LOWER: 0, SCHWA: 1, BLANK: 42, AS_G: 4, AS_V: 3}


@pytest.fixture(autouse=True)
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path)
    write_cmnist(RAW_CMNIST, PICTURES, CODES)
    return RAW_CMNIST


def test_letters_of_ukrainian_come_with_case_sheet_and_no_height() -> None:
    frame, _ = stage.prepare_cmnist(read_pictures(RAW_CMNIST), "cmnist", SIDE)
    assert frame["filename"].tolist() == [f"all-binary/{A_UPPER}", f"all-binary/{A_LOWER}"]
    assert frame["label"].tolist() == ["а", "а"]
    assert frame["is_uppercase"].tolist() == [True, False]
    assert frame["group"].tolist() == [f"cmnist/{FIRST}", f"cmnist/{SECOND}"]
    assert frame["relative_height"].isna().all()
    assert np.array_equal(stack_images(frame), [normalize(crop(1)).image, normalize(crop(2)).image])


def test_every_picture_that_is_left_out_is_counted_by_reason() -> None:
    frame, dropped = stage.prepare_cmnist(read_pictures(RAW_CMNIST), "cmnist", SIDE)
    assert dropped == {
        "case_unknown": 1,
        "not_ukrainian": 1,
        "duplicate_under_two_labels": 2,
        "duplicate": 1,
        "blank": 1,
    }
    assert len(frame) + sum(dropped.values()) == len(PICTURES)


def test_the_same_pixels_as_both_cases_of_a_letter_are_left_out(corpus: Path) -> None:
    write_cmnist(corpus, {A_UPPER: crop(1), A_LOWER: crop(1)}, {A_UPPER: 42, A_LOWER: 0})
    frame, dropped = stage.prepare_cmnist(read_pictures(corpus), "cmnist", SIDE)
    assert frame.empty
    assert dropped["duplicate_under_two_labels"] == 2


def test_a_twin_that_is_no_ukrainian_letter_leaves_nobody_sure(corpus: Path) -> None:
    write_cmnist(corpus, {A_UPPER: crop(1), SCHWA: crop(1)}, {A_UPPER: 42, SCHWA: 1})
    frame, dropped = stage.prepare_cmnist(read_pictures(corpus), "cmnist", SIDE)
    assert frame.empty
    assert (dropped["not_ukrainian"], dropped["duplicate_under_two_labels"]) == (1, 1)


def test_stage_writes_the_same_bytes_again(corpus: Path) -> None:
    mark_sample(corpus)
    written = []
    for _ in range(2):
        result = CliRunner().invoke(stage.main)
        assert result.exit_code == 0, result.output
        written.append([path.read_bytes() for path in (CMNIST_TABLE, stage.DETAILS, stage.SHEET)])
    assert written[0] == written[1]
    assert read_table(CMNIST_TABLE)["source"].tolist() == ["sample_cmnist"] * 2
    details = json.loads(stage.DETAILS.read_text(encoding="utf-8"))
    assert details["sample"]
    assert details["pictures"] == len(PICTURES)
    assert details["letters"] == {"а": {"lowercase": 1, "uppercase": 1}}


def test_stage_on_a_damaged_archive_writes_nothing(corpus: Path, tmp_path: Path) -> None:
    archive = corpus / "cmnist.zip"
    archive.write_bytes(archive.read_bytes()[:-20])
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert "cmnist.zip: no whole zip" in result.output
    assert not (tmp_path / "data" / "interim").exists()
