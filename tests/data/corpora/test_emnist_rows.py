import string
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from src.common.errors import InputError
from src.data.corpora.emnist_rows import read_rows
from src.data.sample.printed_emnist import CHARACTERS, write_split
from src.tasks.emnist import VARIANTS, Variant, split_mode_of
from tests.emnist_archive import EACH, pictures_of, write_part, write_whole

ALL = [pytest.param(variant, id=name) for name, variant in VARIANTS.items()]


@pytest.mark.parametrize("variant", ALL)
def test_of_the_part_alone_every_variant_is_made_with_all_of_its_labels(variant: Variant, tmp_path: Path) -> None:
    folder = write_part(tmp_path)
    rows, dropped = read_rows(folder, variant, seed=1)
    assert set(rows.labels.tolist()) == set(variant.alphabet.labels)
    assert set(rows.sources.tolist()) == {"emnist_byclass_test"}
    assert split_mode_of(rows.sources) == "internal"
    assert sum(dropped.values()) + len(rows.labels) == EACH * len(CHARACTERS)
    assert dropped["no_label"] == (EACH * len(string.ascii_letters) if variant.name == "mnist" else 0)


@pytest.mark.parametrize("variant", ALL)
def test_of_the_whole_archive_the_official_parts_are_taken_as_they_are(variant: Variant, tmp_path: Path) -> None:
    characters = string.digits if variant.name == "mnist" else CHARACTERS
    folder = write_whole(tmp_path, variant.official, characters)
    rows, dropped = read_rows(folder, variant, seed=1)
    assert set(rows.labels.tolist()) == set(variant.alphabet.labels)
    assert Counter(rows.sources.tolist()) == {
        f"emnist_{variant.official}_train": EACH * len(characters),
        f"emnist_{variant.official}_test": EACH // 2 * len(characters),
    }
    assert split_mode_of(rows.sources) == "official"
    assert rows.from_test.sum() == EACH // 2 * len(characters)
    assert dropped == {"no_label": 0, "beyond_balance": 0}


def test_the_balanced_variant_of_the_part_has_as_many_of_each_label_and_the_same_for_the_same_seed(
    tmp_path: Path,
) -> None:
    characters = list(CHARACTERS * 3) + ["7"] * 9
    write_split(tmp_path, "byclass", "test", characters, pictures_of(characters))
    first, again, other = (read_rows(tmp_path, VARIANTS["balanced"], seed)[0] for seed in (1, 1, 2))
    assert set(Counter(first.labels.tolist()).values()) == {3}
    assert first.filenames.tolist() == again.filenames.tolist() != other.filenames.tolist()
    assert first.filenames.tolist() == sorted(first.filenames.tolist())


def test_a_picture_keeps_its_label_and_its_place_in_the_file(tmp_path: Path) -> None:
    characters = list(CHARACTERS)
    pictures = pictures_of(characters)
    write_split(tmp_path, "byclass", "test", characters, pictures)
    rows, _ = read_rows(tmp_path, VARIANTS["merged"], seed=1)
    place = int(rows.filenames[rows.labels == "Q"][0])
    assert characters[place] in "qQ"
    assert np.array_equal(rows.images[int(np.flatnonzero(rows.labels == "Q")[0])], pictures[place])


def test_a_label_without_a_picture_is_an_error(tmp_path: Path) -> None:
    write_split(tmp_path, "byclass", "test", list(string.digits[1:]), pictures_of(list(string.digits[1:])))
    with pytest.raises(InputError, match="no picture of 0"):
        read_rows(tmp_path, VARIANTS["mnist"], seed=1)
