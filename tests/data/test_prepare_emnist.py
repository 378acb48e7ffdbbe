import json
import shutil
import string
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from src.common.errors import WorkError
from src.data import prepare_emnist as stage
from src.data.corpora.emnist_files import read_glyphs
from src.data.corpora.emnist_rows import read_rows
from src.data.tables.table import read_table, split_schema_of, stack_images
from src.features.picture.normalize import normalize
from src.tasks.emnist import PIPELINE, RAW, VARIANTS, Variant
from src.tasks.emnist_params import EmnistSplit
from tests.default_params import EMNIST_PARAMS
from tests.emnist_archive import EACH, write_part, write_whole

ROOT = Path(__file__).parents[2]
SETTINGS = EmnistSplit(test_size=0.25, val_size=0.2, seed=1)
DIGITS = VARIANTS["mnist"]


def _run(variant: Variant) -> Result:
    return CliRunner().invoke(stage.main, [variant.name])


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    PIPELINE.mkdir(parents=True)
    shutil.copy(EMNIST_PARAMS, PIPELINE / "params.yaml")
    return tmp_path


def test_internal_rows_are_parted_label_by_label(tmp_path: Path) -> None:
    rows, _ = read_rows(write_part(tmp_path), DIGITS, 1)
    frame, repeated = stage.prepare_emnist(rows, SETTINGS, 28)
    counts = frame.groupby(["split", "label"]).size().unstack()
    assert (counts.loc["test"] == EACH // 4).all()
    assert (counts.loc["val"] >= 1).all()
    assert repeated == 0


def test_equal_pictures_of_the_part_are_never_in_two_splits(tmp_path: Path) -> None:
    rows, _ = read_rows(write_part(tmp_path), DIGITS, 1)
    doubled = type(rows)(*(np.concatenate([column, column]) for column in rows))
    doubled = doubled._replace(filenames=np.array([f"{number:06d}" for number in range(len(doubled.labels))]))
    frame, _ = stage.prepare_emnist(doubled, SETTINGS, 28)
    assert stage.in_two_splits(frame) == 0
    assert set(frame["split"]) == {"train", "val", "test"}


def test_official_test_rows_stay_and_training_rows_that_repeat_them_go(tmp_path: Path) -> None:
    rows, _ = read_rows(write_whole(tmp_path, "mnist", string.digits, repeated=7), DIGITS, 1)
    frame, repeated = stage.prepare_emnist(rows, SETTINGS, 28)
    assert repeated == 7
    assert (frame["split"] == "test").sum() == EACH // 2 * 10
    assert set(frame.loc[frame["split"] == "test", "source"]) == {"emnist_mnist_test"}
    assert stage.in_two_splits(frame) == 0
    assert len(frame) == (EACH + EACH // 2) * 10


def test_pictures_in_two_splits_are_counted_and_refused(tmp_path: Path) -> None:
    rows, _ = read_rows(write_part(tmp_path), DIGITS, 1)
    frame, _ = stage.prepare_emnist(rows, SETTINGS, 28)
    wrong = frame.assign(image=frame["image"].iloc[0])
    assert stage.in_two_splits(wrong) == 1
    with pytest.raises(WorkError, match="1 pictures are in two splits"):
        stage.describe(wrong, frame, DIGITS)


@pytest.mark.parametrize("name", ["balanced", "mnist"])
def test_the_stage_writes_normalised_rows_and_beside_them_the_same_rows_as_nist_made_them(
    name: str, workspace: Path
) -> None:
    variant = VARIANTS[name]
    write_part(workspace / RAW, per_class=20)
    result = _run(variant)
    assert result.exit_code == 0, result.output
    schema = split_schema_of(variant.alphabet)
    frame, raw = read_table(variant.table, schema), read_table(variant.raw_table, schema)
    assert frame.drop(columns="image").equals(raw.drop(columns="image"))
    glyphs = read_glyphs(RAW, "byclass", "test")
    places = raw["filename"].astype(int).to_numpy()
    assert np.array_equal(stack_images(raw), glyphs.images[places])
    seen = [normalize(image) for image in stack_images(raw)[:9]]
    assert np.array_equal(stack_images(frame)[:9], [glyph.image for glyph in seen])
    by_pen = np.array([glyph.height_by_pen for glyph in seen], np.float64)
    np.testing.assert_array_equal(frame["relative_height"].to_numpy()[:9], by_pen)
    metrics = json.loads((variant.reports / "prepare/details.json").read_text("utf-8"))
    assert (metrics["split_mode"], metrics["in_two_splits"]) == ("internal", {"normalised": 0, "raw": 0})
    assert sum(metrics["rows"].values()) == len(frame)


def test_the_stage_says_whose_split_it_is_and_what_it_left_out(workspace: Path) -> None:
    write_whole(workspace / RAW, "mnist", string.digits, repeated=3)
    assert _run(DIGITS).exit_code == 0
    metrics = json.loads((DIGITS.reports / "prepare/details.json").read_text("utf-8"))
    assert metrics["split_mode"] == "official"
    assert metrics["dropped"] == {"no_label": 0, "beyond_balance": 0, "train_row_in_test": 3}
    assert metrics["corpus"] == "upstream"


def test_the_same_files_give_the_same_bytes(workspace: Path) -> None:
    write_part(workspace / RAW)
    written = []
    for _ in range(2):
        assert _run(DIGITS).exit_code == 0
        written.append([path.read_bytes() for path in (DIGITS.table, DIGITS.raw_table)])
    assert written[0] == written[1]


def test_too_few_rows_are_an_error_of_one_line(workspace: Path) -> None:
    write_part(workspace / RAW, per_class=1)
    result = _run(DIGITS)
    assert result.exit_code == 2
    assert "split.test_size" in result.output
    assert not DIGITS.table.exists()
