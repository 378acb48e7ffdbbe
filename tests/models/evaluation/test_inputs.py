import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from src.common.errors import InputError
from src.config.paths import CALIBRATION_FILE, FINETUNED, MNIST_TABLE, NEGATIVES_TABLE, SPLIT_TABLE
from src.data.tables.table import SPLIT_SCHEMA, read_table, write_table
from src.features.labels import DIGITS
from src.models.evaluation import inputs as read
from tests.models.evaluation_folder import make_inputs
from tests.models.factory import given_table, typed_table


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    make_inputs(folder)
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy to be spoiled; it is the working folder."""
    shutil.copytree(whole, tmp_path / "copy")
    monkeypatch.chdir(tmp_path / "copy")
    return tmp_path / "copy"


@pytest.mark.usefixtures("folder")
def test_only_test_rows_are_read() -> None:
    inputs = read.read_inputs()
    assert set(inputs.rows["split"]) == set(inputs.negatives["split"]) == {"test"}
    assert set(inputs.digits["source"]) == {"mnist_test"}
    assert len(inputs.paired) == 33


@pytest.mark.usefixtures("folder")
def test_given_drawings_do_not_change_what_is_measured() -> None:
    frame = read_table(SPLIT_TABLE, SPLIT_SCHEMA)
    capitals = frame[frame["is_uppercase"].fillna(value=True)]
    given = given_table("аб").assign(is_uppercase=False, split="train")
    given = given.astype({"is_uppercase": "boolean", "split": "str"})
    write_table(pd.concat([capitals, given], ignore_index=True), SPLIT_TABLE, SPLIT_SCHEMA)
    inputs = read.read_inputs()
    assert set(inputs.rows["source"]) == {"mnist_test", "rukopys"}
    assert inputs.paired == frozenset()


def _no_test_rows(folder: Path) -> None:
    frame = pd.read_parquet(folder / SPLIT_TABLE)
    write_table(frame[frame["split"] != "test"], folder / SPLIT_TABLE, SPLIT_SCHEMA)


def _no_digits_of_the_test_file(folder: Path) -> None:
    write_table(typed_table(DIGITS, 2, "mnist_train"), folder / MNIST_TABLE)


def _another_schema(folder: Path) -> None:
    shutil.copy(folder / MNIST_TABLE, folder / SPLIT_TABLE)


def _no_model(folder: Path) -> None:
    (folder / FINETUNED).write_bytes(b"no model")


def _no_calibration(folder: Path) -> None:
    (folder / CALIBRATION_FILE).unlink()


def _garbled_calibration(folder: Path) -> None:
    (folder / CALIBRATION_FILE).write_text('{"label_temperature": 0}')


def _no_negatives(folder: Path) -> None:
    shutil.copy(folder / MNIST_TABLE, folder / NEGATIVES_TABLE)


def _no_curves(folder: Path) -> None:
    (folder / read.CURVES["pretrain"]).unlink()


def _garbled_curves(folder: Path) -> None:
    (folder / read.CURVES["finetune"]).write_bytes(b"epoch,train_loss,val_loss\n1,x,y\n")


def _binary_curves(folder: Path) -> None:
    (folder / read.CURVES["finetune"]).write_bytes(bytes(range(256)))


def _empty_curves(folder: Path) -> None:
    (folder / read.CURVES["finetune"]).write_text("epoch,train_loss,val_loss\n")


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (_no_test_rows, "no rows of split test"),
        (_no_digits_of_the_test_file, "no rows of MNIST's test file"),
        (_another_schema, "split.parquet: a table of another schema"),
        (_no_model, "finetuned.safetensors: not a model of Pysar"),
        (_no_calibration, "calibration.json: no such file"),
        (_garbled_calibration, "calibration.json: no calibration .label_temperature"),
        (_no_negatives, "negatives.parquet: a table of another schema"),
        (_no_curves, "pretrain/curves.csv: no such file"),
        (_garbled_curves, "finetune/curves.csv: no table of epoch"),
        (_binary_curves, "finetune/curves.csv: no table of epoch"),
        (_empty_curves, "finetune/curves.csv: no epochs"),
    ],
)
def test_bad_input_is_named(spoil: Callable[[Path], None], named: str, folder: Path) -> None:
    spoil(folder)
    with pytest.raises(InputError, match=named):
        read.read_inputs()
