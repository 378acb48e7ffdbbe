"""What a user may rely on: so many letters as asked, each of a picture of its own, in the group of that one's sheet."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from src.data.corpora.cmnist_pictures import Pictures, read_pictures
from src.data.filling.fill_recipes import RECIPES, Batch, make_letters
from src.data.filling.filled import Filled
from src.data.sample.cmnist import write_cyrillic
from src.data.tables.source_names import FILL_COMPOSED, FILL_MIRRORED
from src.features.picture.grey import Grey
from tests.data import crafted_letters as crafted

PER_CLASS = 8
ALL = {FILL_MIRRORED: 100, FILL_COMPOSED: 100}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """Eight pictures of each letter and case, drawn by our own stroke writer."""
    folder = tmp_path_factory.mktemp("cmnist")
    write_cyrillic(folder, PER_CLASS, 5)
    return read_pictures(folder)


def _name(way: str) -> str:
    return f"my_{way}"


def _letters(batches: list[Batch]) -> list[Filled]:
    return [letter for batch in batches for letter in batch.letters]


def _made_of(*rows: tuple[str, bool | None, Grey]) -> Pictures:
    """Make pictures out of letter, case and pixels."""
    table = pd.DataFrame(
        {
            "filename": [f"all-binary/{number}.png" for number in range(len(rows))],
            "letter": pd.Series([row[0] for row in rows], dtype="str"),
            "is_uppercase": pd.Series([row[1] for row in rows], dtype="boolean"),
            "sheet": [f"2019072908000{number}" for number in range(len(rows))],
        }
    )
    return Pictures(table, np.stack([row[2] for row in rows]))


def test_every_letter_that_the_corpora_lack_is_made(pictures: Pictures) -> None:
    made = {(letter.label, letter.is_uppercase) for letter in _letters(make_letters(pictures, ALL, _name, 1))}
    assert made == {(letter, case) for letter in "ґєї" for case in (False, True)} | {("ь", True)}


def test_counts_are_those_asked_for_and_never_more(pictures: Pictures) -> None:
    batches = make_letters(pictures, {FILL_MIRRORED: 3, FILL_COMPOSED: 2}, _name, 1)
    counts = Counter((letter.source, letter.label, letter.is_uppercase) for letter in _letters(batches))
    asked = {"my_fill_mirrored": 3, "my_fill_composed": 2}
    assert counts == {(_name(each.way), each.label, each.is_uppercase): asked[_name(each.way)] for each in RECIPES}
    assert _letters(make_letters(pictures, {FILL_MIRRORED: 0, FILL_COMPOSED: 0}, _name, 1)) == []


def test_all_pictures_of_a_base_are_made_into_letters_or_passed_over(pictures: Pictures) -> None:
    batches = make_letters(pictures, ALL, _name, 1)
    for recipe, batch in zip(RECIPES, batches, strict=True):
        shared = 2 if recipe.base == "г" else 1
        assert len(batch.letters) + batch.passed_over == PER_CLASS / shared


def test_letters_stay_in_the_group_of_the_sheet_they_are_made_of(pictures: Pictures) -> None:
    letters = _letters(make_letters(pictures, ALL, _name, 1))
    sheets = dict(zip(pictures.table["filename"], pictures.table["sheet"], strict=True))
    assert [letter.group for letter in letters] == [f"my_cmnist/{sheets[letter.filename]}" for letter in letters]
    assert len({letter.filename for letter in letters}) == len(letters)


def test_the_seed_alone_settles_what_is_made(pictures: Pictures) -> None:
    some = {FILL_MIRRORED: 4, FILL_COMPOSED: 2}
    first, again, other = (_letters(make_letters(pictures, some, _name, seed)) for seed in (1, 1, 2))
    assert [letter[1:] for letter in first] == [letter[1:] for letter in again]
    assert all(np.array_equal(one.picture, two.picture) for one, two in zip(first, again, strict=True))
    assert [letter.filename for letter in first] != [letter.filename for letter in other]


def test_what_is_there_twice_serves_once_and_not_at_all_under_two_labels() -> None:
    twice = [("э", False, crafted.e(0.1)), ("э", False, crafted.e(0.1))]
    two_labels = [("э", False, crafted.e(0.2)), ("з", False, crafted.e(0.2))]
    unknown = [("э", None, crafted.e())]
    letters = _letters(make_letters(_made_of(*twice, *two_labels, *unknown), ALL, _name, 1))
    assert [letter.filename for letter in letters] == ["all-binary/0.png"]
