"""A contact sheet of problem pictures: the box before in red, after in green."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from src.data.cleaning.glyph_ink import Box

SIDE = 200
"""Side of a picture on the sheet, px: rukopys' own."""
COLUMNS = 6
MOST = 240
"""So many pictures make a sheet of 6 x 40; a reader of more wants the csv."""

_MARGIN = 8
_LINE = 14
_TILE_WIDTH = SIDE + 2 * _MARGIN
_TILE_HEIGHT = SIDE + 2 * _MARGIN + 2 * _LINE
_BEFORE, _AFTER, _FRAME, _TEXT, _ABSENT = "#d62728", "#2ca02c", "#c8c8c8", "#000000", "#eeeeee"


class Tile(NamedTuple):
    """One picture: its grey values (None where it cannot be read), two lines of caption, and its boxes."""

    grey: NDArray[np.uint8] | None
    caption: tuple[str, str]
    before: Box | None = None
    after: Box | None = None


def draw_glyph_sheet(tiles: Sequence[Tile]) -> Image.Image:
    """Draw up to 240 tiles, six a row, as an RGB picture; a sheet of none, or of too many, says so."""
    shown = tiles[:MOST]
    rows = -(-len(shown) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * _TILE_WIDTH, 2 * _LINE + rows * _TILE_HEIGHT), "white")
    draw = ImageDraw.Draw(sheet)
    _write(draw, (_MARGIN, _LINE // 2), _title(len(tiles)))
    for index, tile in enumerate(shown):
        x, y = index % COLUMNS * _TILE_WIDTH + _MARGIN, 2 * _LINE + index // COLUMNS * _TILE_HEIGHT
        sheet.paste(_picture(tile), (x, y))
        for number, line in enumerate(tile.caption):
            _write(draw, (x, y + SIDE + 2 + number * _LINE), line)
    return sheet


def _title(count: int) -> str:
    if count == 0:
        return "No problems."
    more = f"; the first {MOST} are shown, all are in problems.csv" if count > MOST else ""
    return f"{count} problems{more}. Box of glyphs.csv: red; box used: green."


def _picture(tile: Tile) -> Image.Image:
    """Draw one picture with its boxes on `SIDE` x `SIDE`, scaled down where it is larger."""
    canvas = Image.new("RGB", (SIDE, SIDE), "white" if tile.grey is not None else _ABSENT)
    draw = ImageDraw.Draw(canvas)
    if tile.grey is None:
        _write(draw, (SIDE // 2 - 30, SIDE // 2 - 6), "no picture")
    else:
        scale = min(1.0, SIDE / max(tile.grey.shape))
        height, width = (max(1, round(length * scale)) for length in tile.grey.shape)
        canvas.paste(Image.fromarray(tile.grey).resize((width, height)), (0, 0))
        for box, colour in ((tile.before, _BEFORE), (tile.after, _AFTER)):
            if box is not None:
                _outline(draw, box, scale, colour)
    draw.rectangle((0, 0, SIDE - 1, SIDE - 1), outline=_FRAME)
    return canvas


def _outline(draw: ImageDraw.ImageDraw, box: Box, scale: float, colour: str) -> None:
    """Draw a box around its pixels, not over them; a box may be any numbers, also the wrong way round."""
    left, right = sorted((box.left * scale - 1, box.right * scale))
    top, bottom = sorted((box.top * scale - 1, box.bottom * scale))
    draw.rectangle((left, top, right, bottom), outline=colour)


def _write(draw: ImageDraw.ImageDraw, place: tuple[int, int], text: str) -> None:
    draw.text(place, text, fill=_TEXT, font=ImageFont.load_default(size=11))
