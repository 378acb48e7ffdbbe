from pathlib import Path

import numpy as np

from src.data.corpora.emnist_files import read_glyphs
from src.data.sample.printed_emnist import CHARACTERS, print_character, write_printed


def test_each_character_is_there_as_often_as_asked_and_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        (tmp_path / name).mkdir()
        write_printed(tmp_path / name, 2, seed)
    first, again, other = (read_glyphs(tmp_path / name, "byclass", "test") for name in ("first", "again", "other"))
    assert sorted(first.characters.tolist()) == sorted(CHARACTERS * 2)
    assert np.array_equal(first.images, again.images)
    assert not np.array_equal(first.images, other.images)


def test_no_two_pictures_of_a_character_are_equal_and_none_is_cut_off() -> None:
    generator = np.random.default_rng(1)
    for character in CHARACTERS:
        pictures = np.stack([print_character(character, generator) for _ in range(5)])
        assert len({picture.tobytes() for picture in pictures}) == 5
        assert pictures[:, [0, -1]].max() == pictures[:, :, [0, -1]].max() == 0
        assert (pictures.max(axis=(1, 2)) > 100).all()
