from pathlib import Path

import numpy as np
import pytest

from src.common.errors import InputError
from src.data.corpora.comnist_pictures import judge_names, look_at_all, read_files
from src.features.picture.frame import SIDE
from src.features.picture.normalize import normalize
from tests.data.letter_zips import canvas, png, write_comnist


@pytest.mark.parametrize(
    ("filename", "fault"),
    [
        ("а/58a9cea0bee57.png", None),
        ("у/_58bb705f87e94.png", None),
        ("п/58a765705d4bc - Copie.png", None),
        ("і/adgqoifhzc.png", None),
        ("к/adgqoifhzc.png", "kazakh_letter_in_this_folder"),
        ("о/aednuoosgm.png", "kazakh_letter_in_this_folder"),
        ("а/A_1cvpdy93.png", "latin_letter_in_this_folder"),
        ("с/C_3dmr_3ql.png", "latin_letter_in_this_folder"),
        ("ы/58a9cea0bee57.png", "not_ukrainian"),
        ("қ/adgqoifhzc.png", "not_ukrainian"),
    ],
)
def test_a_name_tells_whether_a_picture_shows_the_letter_of_its_folder(filename: str, fault: str | None) -> None:
    letters, faults = judge_names([filename])
    assert letters.tolist() == [filename[0]]
    assert next((name for name, faulty in faults.items() if faulty.all()), None) == fault


@pytest.mark.parametrize("filename", ["58a9cea0bee57.png", "а/б/58a9cea0bee57.png", "а/58a9cea0bee57.jpg"])
def test_a_name_of_another_form_is_refused(filename: str) -> None:
    with pytest.raises(InputError, match=f"^{filename}: no name of CoMNIST"):
        judge_names(["а/58a9cea0bee57.png", filename])


def test_a_picture_is_normalised_on_its_whole_canvas() -> None:
    (look,) = look_at_all({"а/1.png": png(canvas(1))}, SIDE)
    glyph = normalize(canvas(1)[:, :, 0])
    assert np.array_equal(look.glyph.image, glyph.image)
    assert look.glyph.relative_height == glyph.relative_height
    assert not look.is_speck


def test_equal_pixels_have_equal_digests_however_they_are_packed() -> None:
    one, two, other = look_at_all({"1": png(canvas(1)), "2": png(canvas(1)[:, :, 0]), "3": png(canvas(2))}, SIDE)
    assert one.digest == two.digest != other.digest


@pytest.mark.parametrize(("length", "is_speck"), [(0, True), (69, True), (70, False)])
@pytest.mark.parametrize("lying", [False, True])
def test_ink_that_is_nowhere_a_quarter_as_long_as_the_canvas_is_a_speck(
    length: int, lying: bool, is_speck: bool
) -> None:
    picture = np.full((278, 278), 255, np.uint8)
    picture[100 : 100 + length, 100:110] = 0
    (look,) = look_at_all({"х/1.png": png(picture.T if lying else picture)}, SIDE)
    assert look.is_speck is is_speck


def test_a_file_that_is_no_picture_is_named() -> None:
    with pytest.raises(InputError, match=r"^а/2\.png: no readable picture; "):
        look_at_all({"а/1.png": png(canvas(1)), "а/2.png": b"no picture"}, SIDE)


def test_files_come_sorted_by_name(tmp_path: Path) -> None:
    write_comnist(tmp_path, {"б/1.png": canvas(1), "а/2.png": canvas(2), "а/1.png": canvas(3)})
    assert list(read_files(tmp_path)) == ["а/1.png", "а/2.png", "б/1.png"]
