"""What a user may rely on: the stage makes every kind for both splits, marks the sample, and writes the same again."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from src.config.paths import NEGATIVES_TABLE, RAW_EMNIST, SPLIT_TABLE
from src.data import prepare_negatives as stage
from src.data.negatives.negative import Negative
from src.data.negatives.negative_table import KINDS, NEGATIVE_SCHEMA, SPLITS
from src.data.sample.emnist import write_latin
from src.data.tables.sample_mark import mark_sample
from src.data.tables.table import SPLIT_SCHEMA, read_table, write_table
from src.features.picture.frame import SIDE
from src.features.picture.normalize import normalize
from tests.data.sample_rows import collected, letters, strokes, write_params

PER_KIND = 14


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path, negatives__per_kind=PER_KIND)
    RAW_EMNIST.mkdir(parents=True)
    write_latin(RAW_EMNIST, 2, 7)
    frame = letters("кмн", 4, uppercase="м")
    write_table(frame.assign(split=pd.Series(SPLIT_NAMES * 4, dtype="str")), SPLIT_TABLE, SPLIT_SCHEMA)


SPLIT_NAMES = ["train", "val", "test", "test"]


def run() -> pd.DataFrame:
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 0, result.output
    return read_table(NEGATIVES_TABLE, NEGATIVE_SCHEMA)


def test_every_kind_is_there_in_both_splits() -> None:
    frame = run()
    counts = frame.groupby(["split", "kind"]).size()
    assert {pair: int(count) for pair, count in counts.items()} == {(s, k): PER_KIND for s in SPLITS for k in KINDS}
    details = json.loads(stage.DETAILS.read_text(encoding="utf-8"))
    assert details["rows"] == len(frame) == 2 * PER_KIND * len(KINDS)
    assert details["test"]["source"]["emnist"] == PER_KIND


def test_given_drawings_make_no_negatives() -> None:
    without = run()
    given = collected(4, "кмн").assign(split=pd.Series(["train"] * 4, dtype="str"))
    write_table(pd.concat([read_table(SPLIT_TABLE, SPLIT_SCHEMA), given]), SPLIT_TABLE, SPLIT_SCHEMA)
    pd.testing.assert_frame_equal(run(), without)


def test_no_picture_is_blank_and_none_is_in_both_splits() -> None:
    frame = run()
    assert frame["image"].map(any).all()
    assert not set(frame.loc[frame["split"] == "val", "image"]) & set(frame.loc[frame["split"] == "test", "image"])
    assert (frame["relative_height"].isna() == (frame["source"] == "emnist")).all()


def test_the_same_params_write_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    written = []
    for seed in (1, 1, 2):
        write_params(tmp_path, negatives__per_kind=PER_KIND, negatives__seed=seed)
        run()
        written.append([path.read_bytes() for path in (NEGATIVES_TABLE, stage.DETAILS, stage.SHEET)])
    assert written[0] == written[1]
    assert written[0][0] != written[2][0]


def test_what_is_made_of_the_sample_says_so() -> None:
    mark_sample(RAW_EMNIST)
    assert {"sample_emnist", "sample_joined"} <= set(run()["source"])


def test_pictures_are_normalised_in_order_and_blank_ones_left_out() -> None:
    inked, blank = strokes(1)[0], np.zeros((28, 28), np.uint8)
    made = [Negative(blank, "s", "1"), Negative(inked, "s", "2"), Negative(inked, "s", "3", has_height=False)]
    frame = stage.tabulate({("texture", "val"): made}, SIDE)
    assert frame["filename"].tolist() == ["2", "3"]
    assert frame["image"].tolist() == [normalize(inked).image.tobytes()] * 2
    assert frame["relative_height"].isna().tolist() == [False, True]
