from pathlib import Path

import numpy as np
from PIL import Image

from src.common.report_files import write_png
from src.data.pictures.contact_sheet import Strip, draw_sheet
from tests.data.sample_rows import strokes


def test_every_picture_of_every_strip_is_drawn() -> None:
    blank = np.zeros((3, 28, 28), np.uint8)
    one, other = strokes(3), strokes(3, seed=1)
    pairs = [(one, other), (blank, other), (one, blank)]
    sheets = [draw_sheet("t", "n", [Strip("а", left), Strip("Ґ", right)], columns=2) for left, right in pairs]
    dark = [int((np.asarray(sheet) < 128).sum()) for sheet in sheets]
    assert dark[0] - dark[1] > 3 * 28
    assert dark[0] - dark[2] > 3 * 28


def test_captions_have_cyrillic_glyphs() -> None:
    sheets = [draw_sheet("", "", [Strip(caption, strokes(1))]).tobytes() for caption in "ґєїҐ"]
    assert len(set(sheets)) == 4


def test_a_long_caption_is_never_drawn_over() -> None:
    empty, full = (
        np.asarray(draw_sheet("", "", [Strip("a long caption", images), Strip("а", images)]))
        for images in (np.zeros((0, 28, 28), np.uint8), strokes(3))
    )
    written = np.flatnonzero((empty < 128).any(axis=0)).max() + 1
    assert (empty[:, :written] == full[:, :written]).all()


def test_same_strips_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.png", "two.png"):
        write_png(draw_sheet("t", "n", [Strip("а", strokes(3))]), tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    with Image.open(tmp_path / "one.png") as sheet:
        assert sheet.format == "PNG"


def test_sheet_of_nothing_is_still_a_sheet() -> None:
    assert min(draw_sheet("nothing", "", []).size) > 0
