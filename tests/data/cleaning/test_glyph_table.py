from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from src.common.errors import InputError, WorkError
from src.data.cleaning.glyph_table import make_glyph_table, read_glyph_table, write_glyph_table

BOX = {"left": 1, "top": 2, "right": 3, "bottom": 4}
ROW: dict[str, Any] = {"filename": "glyphs/a-0.png", "label": "а", "is_uppercase": True, **BOX, "repair": ""}


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    frame = make_glyph_table([ROW, ROW | {"filename": "glyphs/a-1.png", "repair": "stray_line: why"}])

    write_glyph_table(frame, tmp_path / "glyphs.parquet")

    pd.testing.assert_frame_equal(read_glyph_table(tmp_path / "glyphs.parquet"), frame)


@pytest.mark.parametrize(
    "wrong",
    [{"label": "А"}, {"label": "a"}, {"label": "3"}, {"left": 3}, {"top": 5}, {"left": -1}, {"is_uppercase": None}],
)
def test_a_wrong_row_is_never_written(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(WorkError, match=r"glyphs\.parquet"):
        write_glyph_table(make_glyph_table([ROW | wrong]), tmp_path / "glyphs.parquet")

    assert list(tmp_path.iterdir()) == []


def test_one_picture_has_one_row(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="filename"):
        write_glyph_table(make_glyph_table([ROW, ROW]), tmp_path / "glyphs.parquet")


def test_a_table_of_another_schema_is_refused(tmp_path: Path) -> None:
    make_glyph_table([ROW]).drop(columns="repair").to_parquet(tmp_path / "glyphs.parquet")

    with pytest.raises(InputError, match="another schema"):
        read_glyph_table(tmp_path / "glyphs.parquet")
