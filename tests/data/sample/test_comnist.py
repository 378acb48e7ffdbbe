"""What a user may rely on: the sample of CoMNIST has upstream's folders, names and canvas, and what to drop."""

import io
import re
from collections import Counter

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from src.data.corpora.packed import read_packed
from src.data.sample.comnist import write_touch_screen

PER_CLASS = 4
THICK_LETTERS = "абвгдежзийклмнопрстуфхцчшщьюя"


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the sample's CoMNIST."""
    folder = tmp_path_factory.mktemp("comnist")
    write_touch_screen(folder, PER_CLASS, 7)
    return read_packed(folder / "comnist.zip")


def _ink(content: bytes) -> NDArray[np.bool_]:
    return np.asarray(Image.open(io.BytesIO(content)).convert("L")) < 128


def test_letters_lie_in_their_folders_under_hexadecimal_names(members: dict[str, bytes]) -> None:
    hexadecimal = [name for name in members if re.fullmatch(r".\/[0-9a-f]{13}\.png", name)]
    assert Counter(name[0] for name in hexadecimal) == dict.fromkeys(THICK_LETTERS, PER_CLASS)


def test_kazakh_additions_have_names_of_ten_letters_also_among_ka_and_o(members: dict[str, bytes]) -> None:
    additions = [name for name in members if re.fullmatch(r".\/[a-z]{10}\.png", name)]
    assert Counter(name[0] for name in additions) == {"і": PER_CLASS, "к": PER_CLASS // 2, "о": PER_CLASS // 2}
    assert len(members) == (len(THICK_LETTERS) + 2) * PER_CLASS


def test_canvases_are_those_of_the_touch_screen_with_the_whole_letter_somewhere(members: dict[str, bytes]) -> None:
    corners, sizes = set(), []
    for content in members.values():
        picture = Image.open(io.BytesIO(content))
        assert (picture.mode, picture.size) == ("RGB", (278, 278))
        ink = _ink(content)
        left, top, width, height = cv2.boundingRect(ink.astype(np.uint8))
        assert min(left, top, 278 - left - width, 278 - top - height) >= 2
        corners.add((left // 20, top // 20))
        sizes.append(max(width, height))
    assert len(corners) > 30
    assert min(sizes) < 150
    assert max(sizes) > 200


def test_additions_are_drawn_with_a_thinner_pen(members: dict[str, bytes]) -> None:
    depths = {name: cv2.distanceTransform(_ink(members[name]).astype(np.uint8), cv2.DIST_L2, 5) for name in members}
    pens = {name: 2 * np.percentile(depth[depth > 0], 95) for name, depth in depths.items()}
    thin = [pen for name, pen in pens.items() if re.search(r"/[a-z]{10}\.png", name)]
    thick = [pen for name, pen in pens.items() if not re.search(r"/[a-z]{10}\.png", name)]
    assert max(thin) < min(thick)
