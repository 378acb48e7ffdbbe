from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from src.common.errors import InputError
from src.data.corpora.cmnist_pictures import read_pictures
from src.data.corpora.packed import read_packed, write_packed
from tests.data.letter_zips import crop, png, write_cmnist

UPPER, LOWER = "0_0_1_20190729081313.png", "39_39_7_20190729111111.png"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_cmnist(tmp_path, {LOWER: crop(1), UPPER: crop(2)}, {UPPER: 42, LOWER: 39})
    return tmp_path


def test_pictures_come_as_they_are_with_what_is_known_of_them(folder: Path) -> None:
    table, images = read_pictures(folder)
    assert table.to_dict("records") == [
        {"filename": f"all-binary/{UPPER}", "letter": "а", "is_uppercase": True, "sheet": "20190729081313"},
        {"filename": f"all-binary/{LOWER}", "letter": "э", "is_uppercase": False, "sheet": "20190729111111"},
    ]
    assert np.array_equal(images, [crop(2), crop(1)])


def _spoil(name: str, content: bytes | None) -> Callable[[dict[str, bytes]], dict[str, bytes]]:
    return lambda members: {key: value for key, value in (members | {name: content}).items() if value is not None}


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (_spoil("validation.csv", None), "holds no validation.csv"),
        (_spoil("test.csv", b"name,code\n"), "test.csv is no list of filename and letters81"),
        (_spoil("test.csv", b"filename,letters81\nx.png,A\n"), "test.csv is no list of filename and letters81"),
        (_spoil("test.csv", b""), "test.csv is no list of filename and letters81"),
        (_spoil(f"all-binary/{UPPER}", b"no picture"), f"all-binary/{UPPER} is no picture of 28x28"),
        (
            _spoil(f"all-binary/{UPPER}", png(np.zeros((28, 29), np.uint8))),
            f"all-binary/{UPPER} is no picture of 28x28",
        ),
        (_spoil("all-binary/other.png", png(crop(3))), "all-binary/other.png: is not named"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(
    folder: Path, spoil: Callable[[dict[str, bytes]], dict[str, bytes]], fault: str
) -> None:
    write_packed(folder / "cmnist.zip", spoil(read_packed(folder / "cmnist.zip")))
    with pytest.raises(InputError) as caught:
        read_pictures(folder)
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cmnist\.zip: no such file"):
        read_pictures(tmp_path)
