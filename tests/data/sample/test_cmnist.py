"""What a user may rely on: the sample of Cyrillic-MNIST has upstream's names, lists and look, and э faces left."""

import csv
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from src.data.corpora.cmnist_pictures import read_pictures
from src.data.corpora.packed import read_packed
from src.data.sample.cmnist import draw_letter, write_cyrillic
from src.data.writer.hand import random_hand

PER_CLASS = 6
LOWERCASE = "абвгдежзиійклмнопрстуфхцчшщьэюя"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample's Cyrillic-MNIST."""
    path = tmp_path_factory.mktemp("cmnist")
    write_cyrillic(path, PER_CLASS, 7)
    return path


def _lists(folder: Path) -> dict[str, list[dict[str, str]]]:
    members = read_packed(folder / "cmnist.zip")
    names = ("test.csv", "validation.csv")
    return {name: list(csv.DictReader(io.StringIO(members[name].decode()))) for name in names}


def test_every_ukrainian_letter_that_upstream_has_is_read_back_in_its_cases_and_e_too(folder: Path) -> None:
    table = read_pictures(folder).table
    counts = Counter(zip(table["letter"], table["is_uppercase"], strict=True))
    classes = [(letter, False) for letter in LOWERCASE] + [(letter, True) for letter in LOWERCASE if letter != "ь"]
    assert counts == dict.fromkeys(classes, PER_CLASS)


def test_letters_are_numbered_as_upstream_does(folder: Path) -> None:
    rows = [row for listed in _lists(folder).values() for row in listed]
    assert {(row["filename"].rsplit("_", 2)[0], row["letters81"]) for row in rows} >= {("38_38", "38"), ("32_32", "74")}
    listed = {tuple(row.values())[1:] for row in rows}
    upstream = [
        ("0", "0", "0", "0.0", "0.0"),
        ("37", "37", "37", "37.0", "-1.0"),
        ("38", "38", "38", "38.0", "29.0"),
        ("44", "43", "2", "2.0", "1.0"),
        ("66", "52", "24", "24.0", "19.0"),
        ("75", "34", "34", "34.0", "26.0"),
        ("80", "41", "41", "41.0", "32.0"),
    ]
    assert listed >= set(upstream)


def test_each_sheet_has_pictures_in_a_list_and_some_in_none(folder: Path) -> None:
    members = read_packed(folder / "cmnist.zip")
    names = {name.removeprefix("all-binary/") for name in members if name.startswith("all-binary/")}
    listed = {row["filename"] for rows in _lists(folder).values() for row in rows}
    assert listed < names
    assert set(members) == {f"all-binary/{name}" for name in names} | set(_lists(folder))
    assert {name.split("_")[3] for name in listed} == {name.split("_")[3] for name in names}


def test_pictures_are_binary_bold_and_fill_28_pixels(folder: Path) -> None:
    members = read_packed(folder / "cmnist.zip")
    sides = []
    for name, content in members.items():
        if name.endswith(".png"):
            picture = Image.open(io.BytesIO(content))
            assert (picture.mode, picture.size) == ("L", (28, 28))
            pixels = np.asarray(picture)
            assert set(np.unique(pixels)) == {0, 255}
            assert 0.05 < (pixels == 0).mean() < 0.4
            _, _, width, height = cv2.boundingRect((pixels == 0).astype(np.uint8))
            sides.append(max(width, height))
    assert 19 <= min(sides) <= np.median(sides) <= max(sides) <= 26


def _open_side(picture: NDArray[np.uint8]) -> str:
    """Say at which side the ink of a glyph begins later, in the median of the rows that it covers."""
    columns = [np.nonzero(row == 0)[0] for row in picture if (row == 0).any()]
    left, right = min(row[0] for row in columns), max(row[-1] for row in columns)
    gap_left, gap_right = (np.mean(gaps) for gaps in zip(*((r[0] - left, right - r[-1]) for r in columns), strict=True))
    return "left" if gap_left > gap_right else "right"


@pytest.mark.parametrize(("letter", "side"), [("є", "right"), ("э", "left")])
def test_e_is_a_mirrored_ukrainian_ie(letter: str, side: str) -> None:
    sides = []
    for seed in range(15):
        generator = np.random.default_rng(seed)
        sides.append(_open_side(draw_letter(letter, True, random_hand(generator), generator)))
    assert sides.count(side) >= 13


def test_mirrored_letters_lean_to_the_right_as_their_hand_does() -> None:
    upright = random_hand(np.random.default_rng(1), 0)
    leans = []
    for slant in (0.0, 0.5):
        hand = replace(upright, slant=slant)
        ink = [draw_letter("э", True, hand, np.random.default_rng(seed)) == 0 for seed in range(15)]
        moments = [cv2.moments(each.astype(np.uint8), binaryImage=True) for each in ink]
        leans.append(np.median([-moment["mu11"] / moment["mu02"] for moment in moments]))
    assert leans[1] > leans[0] + 0.3
