from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from src.common.errors import InputError
from src.config.paths import MNIST_TABLE, RAW_MNIST
from src.data import prepare_mnist as stage
from src.data.corpora.idx import Digits
from src.data.tables.table import read_table, stack_images
from src.features.picture.frame import SIDE
from src.features.picture.normalize import normalize
from tests.data.sample_rows import strokes, write_mnist, write_params


def digits(count: int, seed: int) -> Digits:
    return Digits(strokes(count, seed), (np.arange(count) % 10).astype(np.uint8))


def test_rows_keep_the_order_of_the_files() -> None:
    train, test = digits(1200, 1), digits(40, 2)
    frame = stage.prepare_mnist({"mnist_train": train, "mnist_test": test}, SIDE)
    expected = [normalize(image).image for image in [*train.images, *test.images]]
    assert np.array_equal(stack_images(frame), np.stack(expected))
    assert frame["label"].astype(int).tolist() == [*train.labels, *test.labels]
    assert frame["source"].tolist() == ["mnist_train"] * 1200 + ["mnist_test"] * 40
    assert frame["filename"].iloc[[0, 1199, 1200]].tolist() == ["00000", "01199", "00000"]


def test_digits_carry_no_case_and_no_height() -> None:
    frame = stage.prepare_mnist({"mnist_train": digits(10, 1)}, SIDE)
    assert frame["is_uppercase"].isna().all()
    assert frame["relative_height"].isna().all()


def test_same_pixels_share_a_group_across_both_files() -> None:
    same = strokes(1)
    train = Digits(np.concatenate([strokes(1, 5), same]), np.array([1, 2], np.uint8))
    frame = stage.prepare_mnist({"mnist_train": train, "mnist_test": Digits(same, np.array([2], np.uint8))}, SIDE)
    assert frame["group"].tolist() == ["mnist_train/00000", "mnist_train/00001", "mnist_train/00001"]


def test_blank_picture_is_named() -> None:
    images = strokes(3)
    images[1] = 0
    with pytest.raises(InputError, match="picture 00001 of mnist_train is blank"):
        stage.prepare_mnist({"mnist_train": Digits(images, np.array([1, 2, 3], np.uint8))}, SIDE)


def test_stage_writes_the_same_bytes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path)
    write_mnist(RAW_MNIST, 30, 20)
    written = []
    for _ in range(2):
        result = CliRunner().invoke(stage.main)
        assert result.exit_code == 0, result.output
        written.append((MNIST_TABLE.read_bytes(), stage.SHEET.read_bytes()))
    assert written[0] == written[1]
    assert read_table(MNIST_TABLE)["source"].value_counts().to_dict() == {"mnist_train": 30, "mnist_test": 20}


def test_stage_on_a_damaged_file_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path)
    write_mnist(RAW_MNIST, 30, 20)
    images = RAW_MNIST / "train-images-idx3-ubyte.gz"
    images.write_bytes(images.read_bytes()[:-20])
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
    assert "train-images-idx3-ubyte.gz: truncated" in result.output
    assert not (tmp_path / "data" / "interim").exists()
