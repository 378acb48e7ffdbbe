"""What a user may rely on: the sample of EMNIST is read as EMNIST is, upright and under its letters."""

from pathlib import Path

import numpy as np
import pytest

from src.data.corpora.idx import read_idx
from src.data.negatives.latin import LETTERS, read_latin
from src.data.sample.emnist import write_latin

PER_CLASS = 8


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("emnist")
    write_latin(folder, PER_CLASS, 7)
    return folder


def test_each_letter_is_there_as_often_as_asked(folder: Path) -> None:
    latin = read_latin(folder)
    assert latin.images.shape == (len(LETTERS) * PER_CLASS, 28, 28)
    assert {letter: int((latin.letters == letter).sum()) for letter in LETTERS} == dict.fromkeys(LETTERS, PER_CLASS)


def test_the_files_hold_transposed_pictures_which_are_read_upright(folder: Path) -> None:
    latin = read_latin(folder)
    stored = read_idx(folder / "emnist-byclass-test-images-idx3-ubyte", 3)
    assert np.array_equal(stored.transpose(0, 2, 1), latin.images)
    ink_of_rows = latin.images[latin.letters == "L"].astype(float).sum(axis=2)
    assert ink_of_rows.argmax(axis=1).min() > 18  # the foot of L
