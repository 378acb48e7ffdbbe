from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray
from PIL import Image

from src.common.errors import InputError
from src.config.paths import GLYPH_TABLE, RAW_RUKOPYS, RUKOPYS_TABLE
from src.data import prepare_glyphs as stage
from src.data.cleaning.glyph_table import make_glyph_table, write_glyph_table
from src.data.tables.sample_mark import mark_sample
from src.data.tables.table import read_table, stack_images
from src.features.picture.frame import SIDE
from src.features.picture.normalize import normalize
from tests.data.sample_rows import write_params


def picture(height: int = 80, column: int = 90) -> NDArray[np.uint8]:
    grey = np.full((200, 200), 255, np.uint8)
    grey[60 : 60 + height, column : column + 8] = 0
    return grey


def glyph(filename: str, *, label: str = "а", is_uppercase: bool = False, height: int = 80) -> dict[str, object]:
    box = {"left": 80, "top": 60, "right": 120, "bottom": 60 + height}
    return {"filename": filename, "label": label, "is_uppercase": is_uppercase, "repair": "", **box}


def test_each_glyph_is_normalised_on_its_whole_canvas() -> None:
    glyphs = make_glyph_table([glyph("glyphs/a-0.png"), glyph("glyphs/b-0.png", label="б", is_uppercase=True)])
    frame = stage.prepare_glyphs(glyphs, [picture(80), picture(120)], "rukopys", SIDE)
    assert frame["relative_height"].tolist() == [0.4, 0.6]
    assert np.array_equal(stack_images(frame)[0], normalize(picture(80)).image)
    assert frame["label"].tolist() == ["а", "б"]
    assert frame["is_uppercase"].tolist() == [False, True]
    assert frame["filename"].tolist() == ["glyphs/a-0.png", "glyphs/b-0.png"]


def test_same_pixels_share_a_group() -> None:
    glyphs = make_glyph_table([glyph(f"glyphs/a-{number}.png") for number in range(3)])
    frame = stage.prepare_glyphs(glyphs, [picture(80), picture(90), picture(80)], "rukopys", SIDE)
    assert frame["group"].tolist() == [f"rukopys/glyphs/a-{number}.png" for number in (0, 1, 0)]


def test_glyph_without_ink_is_named() -> None:
    with pytest.raises(InputError, match=r"a-0\.png: no ink"):
        stage.prepare_glyphs(
            make_glyph_table([glyph("a-0.png")]), [np.full((200, 200), 255, np.uint8)], "rukopys", SIDE
        )


def test_stage_writes_the_same_bytes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path)
    (RAW_RUKOPYS / "glyphs").mkdir(parents=True)
    mark_sample(RAW_RUKOPYS)
    marred = picture()
    marred[:, 198:] = 0
    Image.fromarray(marred).save(RAW_RUKOPYS / "glyphs" / "a-0.png")
    write_glyph_table(make_glyph_table([glyph("glyphs/a-0.png")]), GLYPH_TABLE)
    written = []
    for _ in range(2):
        result = CliRunner().invoke(stage.main)
        assert result.exit_code == 0, result.output
        written.append((RUKOPYS_TABLE.read_bytes(), stage.SHEET.read_bytes()))
    assert written[0] == written[1]
    frame = read_table(RUKOPYS_TABLE)
    assert frame["source"].tolist() == ["sample_rukopys"]
    assert np.array_equal(stack_images(frame)[0], normalize(picture()).image), "the line outside the box is gone"


def test_stage_without_glyph_table_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path)
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 2
    assert "glyphs.parquet: no such table" in result.output
    assert not (tmp_path / "reports").exists()
