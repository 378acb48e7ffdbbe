"""What a user may rely on: one table of filled letters, each way a source of its own, again the same."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image

from src.config.paths import FILL_TABLE, RAW_CMNIST
from src.data import fill as stage
from src.data.sample.cmnist import write_cyrillic
from src.data.tables.sample_mark import mark_sample
from src.data.tables.table import read_table, stack_images
from src.features.labels import LETTERS
from tests.data.sample_rows import write_params

PER_CLASS = 4
PER_WAY = {"drawn": 2, "printed": 1, "mirrored": 3, "composed": 2}
COUNTS = {f"fill__{way}_per_class": count for way, count in PER_WAY.items()}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with Cyrillic-MNIST, in which the stage makes a few letters."""
    monkeypatch.chdir(tmp_path)
    RAW_CMNIST.mkdir(parents=True)
    write_cyrillic(RAW_CMNIST, PER_CLASS, 5)
    write_params(tmp_path, **COUNTS)
    return tmp_path


def _run() -> pd.DataFrame:
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 0, result.output
    return read_table(FILL_TABLE)


def test_each_way_is_a_source_with_as_many_of_a_letter_as_params_say(folder: Path) -> None:
    frame = _run()
    expected = {"fill_drawn": 132, "fill_printed": 76, "fill_composed": 10, "fill_mirrored": 6}
    assert frame["source"].value_counts().to_dict() == expected
    counts = frame.value_counts(["source", "label", "is_uppercase"], dropna=False).reset_index(name="rows")
    asked = counts["source"].map({f"fill_{way}": count for way, count in PER_WAY.items()})
    assert counts["rows"].tolist() == asked.tolist()
    assert stack_images(frame).max(axis=(1, 2)).min() > 200


def test_only_letters_that_our_own_writer_drew_have_a_height(folder: Path) -> None:
    frame = _run()
    heights = frame["relative_height"]
    drawn = frame["source"].isin(["fill_drawn", "fill_printed"]) & ~frame["label"].str.isdigit()
    assert (heights.notna() == drawn).all()
    medians = heights.groupby(frame["is_uppercase"]).median()
    assert medians[True] > medians[False]


def test_groups_are_cyrillic_mnists_sheets_as_the_corpus_names_them(folder: Path) -> None:
    mark_sample(RAW_CMNIST)
    frame = _run()
    made = frame[~frame["source"].isin(["fill_drawn", "fill_printed"])]
    assert set(made["source"]) == {"sample_fill_mirrored", "sample_fill_composed"}
    sheets = made["filename"].str.extract(r"_(\d{14})\.png$")[0]
    assert (made["group"] == "sample_cmnist/" + sheets).all()


def test_details_count_by_source_letter_and_case(folder: Path) -> None:
    _run()
    details = json.loads(stage.DETAILS.read_text(encoding="utf-8"))
    assert set(details["fill_drawn"]["letters"]) == set(LETTERS)
    assert details["fill_mirrored"]["letters"] == {"є": {"lowercase": 3, "uppercase": 3}}
    assert details["fill_composed"]["letters"]["ь"] == {"uppercase": 2}
    assert details["fill_composed"]["pictures"] == 10 + details["fill_composed"]["dropped"]["unfit"]


def test_same_params_give_the_same_bytes_and_another_seed_others(folder: Path) -> None:
    written = []
    for seed in (1, 1, 2):
        write_params(folder, fill__seed=seed, **COUNTS)
        _run()
        written.append((FILL_TABLE.read_bytes(), stage.SHEET.read_bytes()))
    assert written[0] == written[1]
    assert written[0][0] != written[2][0]


@pytest.mark.parametrize("way", PER_WAY)
def test_a_way_can_be_left_out(folder: Path, way: str) -> None:
    write_params(folder, **(COUNTS | {f"fill__{way}_per_class": 0}))
    frame = _run()
    assert set(frame["source"]) == {f"fill_{other}" for other in PER_WAY} - {f"fill_{way}"}
    assert np.asarray(Image.open(stage.SHEET)).min() < 50


def test_without_cyrillic_mnist_nothing_is_written(folder: Path) -> None:
    (RAW_CMNIST / "cmnist.zip").unlink()
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 2
    assert "cmnist.zip: no such file; run `dvc repro`" in result.output
    assert not FILL_TABLE.exists()
