from pathlib import Path

import pytest

from src.common.errors import InputError
from src.data.corpora.glyph_csv import read_glyph_csv

HEADER = "label,is_uppercase,top,bottom,left,right,filename"
ROW = "а,False,69,130,67,132,glyphs/a-0.png"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "glyphs.csv"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_swapped_columns_are_named_rightly_and_the_box_is_half_open(path: Path) -> None:
    frame = read_glyph_csv(write(path, HEADER, ROW, "ї,True,1,2,3,4,glyphs/yi-1.png"))

    assert frame.to_dict("records") == [
        {"filename": "glyphs/a-0.png", "label": "а", "is_uppercase": False}
        | {"left": 69, "top": 67, "right": 131, "bottom": 133},
        {"filename": "glyphs/yi-1.png", "label": "ї", "is_uppercase": True}
        | {"left": 1, "top": 3, "right": 3, "bottom": 5},
    ]


def test_other_columns_their_order_and_a_byte_order_mark_do_not_matter(path: Path) -> None:
    path.write_text(f"name,{HEADER}\nx,{ROW}\n", encoding="utf-8-sig")

    assert read_glyph_csv(path)["left"].tolist() == [69]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "empty file"),
        ([HEADER], "no rows"),
        ([HEADER.replace("bottom", "botom"), ROW], "no column bottom"),
        ([HEADER.replace(",", ";"), ROW.replace(",", ";")], "no column filename, label"),
        ([HEADER, ROW, ROW.replace("130", "13O")], "row 2, column bottom: '13O'"),
        ([HEADER, ROW.replace("130", "1e3")], "row 1, column bottom: '1e3'"),
        ([HEADER, ROW.replace("130", "nan")], "row 1, column bottom: 'nan'"),
        ([HEADER, ROW.replace("130", "9" * 30)], "row 1, column bottom"),
        ([HEADER, ROW.replace("130", ""), ROW.replace("130", "")], "row 1, column bottom: '' is .*in 1 more row"),
        ([HEADER, ROW.replace("False", "no")], "row 1, column is_uppercase: 'no'"),
        ([HEADER, ROW.replace("glyphs/a-0.png", "")], "row 1, column filename"),
        ([HEADER, "а,False"], "row 1, column filename"),
        ([HEADER, ROW, ROW + ",7,8"], "line 3"),
        ([HEADER, ROW + ",7"], "row 1 .*fields"),
    ],
)
def test_a_malformed_file_is_refused_with_file_place_and_cure(path: Path, lines: list[str], says: str) -> None:
    path.write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(InputError, match=says) as caught:
        read_glyph_csv(path)

    assert str(caught.value).startswith(f"{path}: ")
    assert "dvc repro" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_encoding_is_refused(path: Path) -> None:
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="cp1251")

    with pytest.raises(InputError, match="not UTF-8"):
        read_glyph_csv(path)


def test_a_missing_file_is_refused(path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_glyph_csv(path)
