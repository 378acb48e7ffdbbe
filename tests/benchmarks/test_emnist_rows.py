"""What a user may rely on: variants of EMNIST have the classes that are published, and their parts share no picture."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.emnist_rows import CHARACTERS, VARIANTS, Rows, part, read_variant
from src.errors import InputError
from src.sections import Split
from tests.benchmarks.emnist_files import write_byclass

SPLIT = Split(mode="stratified", test_size=0.25, val_size=0.25, seed=1)


def test_the_variants_have_as_many_classes_as_published() -> None:
    assert {name: len(labels) for name, labels in VARIANTS.items()} == {
        "balanced": 47, "byclass": 62, "merged": 36, "mnist": 10
    }  # fmt: skip


def test_pictures_are_turned_upright_and_keep_their_characters(tmp_path: Path) -> None:
    images, characters = write_byclass(tmp_path, dict.fromkeys(CHARACTERS, 2))
    rows = read_variant(tmp_path, "byclass", 1)
    assert np.array_equal(rows.images, images)
    assert [CHARACTERS[code] for code in rows.label] == list(characters)


def test_of_balanced_each_class_has_as_many_rows_as_the_rarest(tmp_path: Path) -> None:
    write_byclass(tmp_path, {**dict.fromkeys(CHARACTERS, 5), "f": 3})
    rows = read_variant(tmp_path, "balanced", 1)
    assert np.bincount(rows.label).tolist() == [3] * 47


def test_another_seed_draws_other_rows_and_the_same_seed_the_same(tmp_path: Path) -> None:
    write_byclass(tmp_path, dict.fromkeys(CHARACTERS, 9))
    first, again, other = (read_variant(tmp_path, "balanced", seed, 3).images for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("variant", "classes"),
    [
        ("balanced", {"c": "C", "a": "a", "A": "A", "o": "O", "0": "0"}),
        ("merged", {"c": "C", "a": "A", "A": "A", "o": "O", "0": "0"}),
        ("mnist", {"0": "0", "7": "7"}),
    ],
)
def test_lowercase_letters_join_their_capitals_where_the_variant_says_so(
    tmp_path: Path, variant: str, classes: dict[str, str]
) -> None:
    images, characters = write_byclass(tmp_path, dict.fromkeys(CHARACTERS, 1))
    places = {image.tobytes(): character for image, character in zip(images, characters, strict=True)}
    rows = read_variant(tmp_path, variant, 1)
    seen = {
        places[image.tobytes()]: VARIANTS[variant][code] for image, code in zip(rows.images, rows.label, strict=True)
    }
    # Where several characters share a class, balanced draws one of them.
    assert all(seen[character] == label for character, label in classes.items() if character in seen)
    assert len(seen) == {"balanced": 47, "merged": 62, "mnist": 10}[variant]


def test_parts_share_no_picture_and_have_every_class(tmp_path: Path) -> None:
    write_byclass(tmp_path, dict.fromkeys(CHARACTERS, 8))
    rows = read_variant(tmp_path, "mnist", 1)
    doubled = Rows(np.concatenate([rows.images, rows.images[:20]]), np.concatenate([rows.label, rows.label[:20]]))
    parts = part(doubled, VARIANTS["mnist"], SPLIT)
    train, val, test = ({image.tobytes() for image in each.images} for each in parts)
    assert not train & val | train & test | val & test
    assert all(set(each.label) == set(range(10)) for each in parts)
    described = parts.describe()
    assert described["equal"] == 20
    assert sum(len(each.label) for each in parts) == len(doubled.label)


def test_the_same_rows_are_known_by_their_hash(tmp_path: Path) -> None:
    write_byclass(tmp_path, dict.fromkeys(CHARACTERS, 8))
    rows = read_variant(tmp_path, "mnist", 1)
    first, again = (part(rows, VARIANTS["mnist"], SPLIT).describe() for _ in range(2))
    other = part(rows, VARIANTS["mnist"], SPLIT.model_copy(update={"seed": 2})).describe()
    assert first == again
    assert first["sha256"] != other["sha256"]


def test_a_class_without_pictures_is_an_error_that_names_it(tmp_path: Path) -> None:
    write_byclass(tmp_path, dict.fromkeys(CHARACTERS.replace("7", ""), 2))
    with pytest.raises(InputError, match=r"no picture of 7; delete the folder and run `dvc repro`"):
        read_variant(tmp_path, "mnist", 1)


def test_labels_of_other_pictures_are_an_error(tmp_path: Path) -> None:
    write_byclass(tmp_path / "one", dict.fromkeys(CHARACTERS, 2))
    write_byclass(tmp_path / "other", dict.fromkeys(CHARACTERS, 1))
    name = "emnist-byclass-test-labels-idx1-ubyte"
    (tmp_path / "other" / name).replace(tmp_path / "one" / name)
    with pytest.raises(InputError, match="do not belong together"):
        read_variant(tmp_path / "one", "byclass", 1)
