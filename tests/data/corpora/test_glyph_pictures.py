from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from src.common.errors import InputError
from src.data.cleaning.glyph_table import make_glyph_table
from src.data.corpora.glyph_pictures import read_glyphs


def glyph(filename: str = "a.png", box: tuple[int, int, int, int] = (60, 70, 100, 140)) -> pd.DataFrame:
    left, top, right, bottom = box
    edges = {"left": left, "top": top, "right": right, "bottom": bottom}
    return make_glyph_table([{"filename": filename, "label": "а", "is_uppercase": False, "repair": "", **edges}])


def test_ink_outside_the_box_becomes_paper_and_inside_stays(tmp_path: Path) -> None:
    picture = np.full((200, 200, 3), 255, np.uint8)
    picture[70:140, 60:100] = 0
    expected = picture[..., 0].copy()
    picture[:, 197:] = 0
    picture[3:6, 3:6] = 0
    Image.fromarray(picture).save(tmp_path / "a.png")
    (read,) = read_glyphs(tmp_path, glyph())
    assert np.array_equal(read, expected)


@pytest.mark.parametrize("content", [None, b"", b"no picture"])
def test_missing_or_unreadable_picture_is_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.png: no readable picture"):
        read_glyphs(tmp_path, glyph())


def test_box_off_the_picture_is_named(tmp_path: Path) -> None:
    Image.new("L", (50, 50), 255).save(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"a\.png: its box"):
        read_glyphs(tmp_path, glyph())
