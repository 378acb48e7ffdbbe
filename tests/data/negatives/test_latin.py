from pathlib import Path

import numpy as np
import pytest

from src.common.errors import InputError
from src.data.negatives.latin import LETTERS, choose_latin, draw_latin, read_latin
from src.data.sample.emnist import write_latin
from src.data.sample.latin_paths import LATIN

PER_CLASS = 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_latin(tmp_path, PER_CLASS, 7)
    return tmp_path


def test_about_as_many_as_asked_are_chosen_and_of_each_letter_as_many(folder: Path) -> None:
    latin = read_latin(folder)
    chosen = choose_latin(latin, 2 * len(LETTERS), "emnist", np.random.default_rng(1))
    letters = [latin.letters[latin.rows == int(negative.filename)][0] for negative in chosen]
    assert sorted(letters) == sorted(2 * LETTERS)
    assert not any(negative.has_height for negative in chosen)


def test_where_there_are_fewer_all_are_taken_once(folder: Path) -> None:
    chosen = choose_latin(read_latin(folder), 1000, "emnist", np.random.default_rng(1))
    assert len({negative.filename for negative in chosen}) == len(chosen) == PER_CLASS * len(LETTERS)


def test_the_stroke_writer_draws_the_letters_that_are_chosen_of_emnist() -> None:
    assert "".join(LATIN) == LETTERS
    assert {chr(int(n.filename[2:6], 16)) for n in draw_latin(7, np.random.default_rng(1))} == set(LETTERS)


@pytest.mark.parametrize(
    ("mapping", "complaint"),
    [("0 48\n1 49\n", "do not belong together"), ("0 a\n", "no mapping"), ("3\n", "no mapping")],
)
def test_a_mapping_that_does_not_fit_is_an_error_with_its_cure(folder: Path, mapping: str, complaint: str) -> None:
    (folder / "emnist-byclass-mapping.txt").write_text(mapping, encoding="ascii")
    with pytest.raises(InputError, match=f"{complaint}.*dvc repro"):
        read_latin(folder)


def test_a_missing_file_is_an_error_with_its_cure(folder: Path) -> None:
    (folder / "emnist-byclass-mapping.txt").unlink()
    with pytest.raises(InputError, match=r"mapping\.txt: no such file; run `dvc repro`"):
        read_latin(folder)
