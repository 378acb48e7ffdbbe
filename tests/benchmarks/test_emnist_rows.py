"""What a user may rely on: every network learns from, and is measured on, the rows of the variant's pipeline."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.emnist_rows import read_parts
from src.common.errors import InputError
from src.tasks.emnist import VARIANTS
from tests.benchmarks.emnist_files import write_rows

MNIST = VARIANTS["mnist"]
COUNTS = {"train": 3, "val": 2, "test": 1}


@pytest.fixture(autouse=True)
def at_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_rows_are_parted_as_the_pipeline_has_parted_them() -> None:
    images = write_rows(MNIST, COUNTS)
    parts, mode = read_parts(MNIST)
    assert mode == "internal"
    assert np.array_equal(np.concatenate([rows.images for rows in parts]), images)
    assert [rows.label.tolist() for rows in parts] == [[*range(10)] * 3, [*range(10)] * 2, [*range(10)]]


def test_the_same_rows_are_known_by_their_hash() -> None:
    write_rows(MNIST, COUNTS)
    first, again = (read_parts(MNIST)[0].describe() for _ in range(2))
    write_rows(MNIST, {**COUNTS, "train": 4})
    other = read_parts(MNIST)[0].describe()
    assert first == again
    assert (first["train"], first["val"], first["test"]) == (30, 20, 10)
    assert first["sha256"] != other["sha256"]


def test_a_variant_whose_pipeline_has_not_run_is_an_error_that_names_the_file() -> None:
    with pytest.raises(InputError, match=r"data/emnist/mnist/raw\.parquet"):
        read_parts(MNIST)
