import string
from pathlib import Path

import numpy as np
import pytest

from src.common.errors import InputError
from src.data.corpora.emnist_files import SPLITS, has_part, images_path, read_glyphs
from src.data.corpora.idx import read_idx
from src.data.sample.printed_emnist import CHARACTERS, write_split
from tests.emnist_archive import pictures_of

SHOWN = {
    "balanced": CHARACTERS, "byclass": CHARACTERS, "bymerge": CHARACTERS, "digits": string.digits,
    "letters": string.ascii_letters, "mnist": string.digits,
}  # fmt: skip
WITHOUT_OTHER_CASE = "abdefghnqrt"


@pytest.mark.parametrize("split", SPLITS)
def test_every_split_is_read_as_characters_whatever_its_codes_are(split: str, tmp_path: Path) -> None:
    shown = list(SHOWN[split])
    write_split(tmp_path, split, "train", shown, pictures_of(shown))
    kept = {"byclass": string.ascii_lowercase, "letters": ""}.get(split, WITHOUT_OTHER_CASE)
    expected = [each if each in kept else each.upper() for each in shown]
    assert read_glyphs(tmp_path, split, "train").characters.tolist() == expected


def test_pictures_come_upright_although_the_file_has_them_transposed(tmp_path: Path) -> None:
    pictures = pictures_of(list("ABC"))
    write_split(tmp_path, "byclass", "test", list("ABC"), pictures)
    assert np.array_equal(read_glyphs(tmp_path, "byclass", "test").images, pictures)
    assert np.array_equal(read_idx(images_path(tmp_path, "byclass", "test"), 3)[0].T, pictures[0])


def test_the_parts_that_are_here_are_known(tmp_path: Path) -> None:
    write_split(tmp_path, "mnist", "test", ["1"], pictures_of(["1"]))
    assert has_part(tmp_path, "mnist", "test")
    assert not has_part(tmp_path, "mnist", "train")
    assert not has_part(tmp_path, "digits", "test")


@pytest.mark.parametrize(
    ("mapping", "complaint"),
    [("1 65\n", "do not belong together"), ("0 a\n", "no mapping"), ("7\n", "no mapping"), ("999 48\n", "no mapping")],
)
def test_a_mapping_that_does_not_fit_is_an_error_with_its_cure(tmp_path: Path, mapping: str, complaint: str) -> None:
    write_split(tmp_path, "mnist", "test", ["0"], pictures_of(["0"]))
    (tmp_path / "emnist-mnist-mapping.txt").write_text(mapping, encoding="ascii")
    with pytest.raises(InputError, match=f"{complaint}.*dvc repro"):
        read_glyphs(tmp_path, "mnist", "test")
