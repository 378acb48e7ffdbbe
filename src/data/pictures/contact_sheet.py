"""Contact sheets: rows of small pictures under captions, for people to look at what a stage has made."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_CELL = 56
_GAP = 4
_MARGIN = 32
_CAPTION = 52
"""Width of a caption of one letter; longer ones widen it for all."""
_TITLE = 64
_PAPER, _FRAME, _TEXT, _NOTE = 255, 232, 20, 110


class Strip(NamedTuple):
    """One captioned row of a sheet.

    images: (n, side, side) uint8, white ink on black; drawn as dark ink on white.
    """

    caption: str
    images: NDArray[np.uint8]


def draw_sheet(title: str, note: str, strips: Sequence[Strip], columns: int = 1) -> Image.Image:
    """Draw strips one below the other, in `columns` columns from the left; the same strips give the same pixels."""
    longest = max((len(strip.images) for strip in strips), default=0)
    rows = -(-len(strips) // columns)
    caption = max([_CAPTION, *(round(_font(26).getlength(strip.caption)) + 20 for strip in strips)])
    width = caption + longest * (_CELL + _GAP)
    size = (_MARGIN + columns * (width + _MARGIN), _TITLE + _MARGIN + rows * (_CELL + _GAP) + _MARGIN)
    sheet = Image.new("L", size, _PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((_MARGIN, _MARGIN), title, fill=_TEXT, font=_font(22), anchor="lt")
    pen.text((_MARGIN, _MARGIN + 32), note, fill=_NOTE, font=_font(13), anchor="lt")
    for number, strip in enumerate(strips):
        column, row = divmod(number, rows)
        corner = (_MARGIN + column * (width + _MARGIN), _TITLE + _MARGIN + row * (_CELL + _GAP))
        _draw_strip(sheet, strip, corner, caption)
    return sheet


def _draw_strip(sheet: Image.Image, strip: Strip, corner: tuple[int, int], caption: int) -> None:
    left, top = corner
    pen = ImageDraw.Draw(sheet)
    pen.text((left + 8, top + _CELL // 2), strip.caption, fill=_TEXT, font=_font(26), anchor="lm")
    for number, image in enumerate(strip.images):
        x = left + caption + number * (_CELL + _GAP)
        cell = Image.fromarray(np.asarray(255 - image, np.uint8)).resize((_CELL, _CELL), Image.Resampling.BICUBIC)
        sheet.paste(cell, (x, top))
        pen.rectangle((x, top, x + _CELL - 1, top + _CELL - 1), outline=_FRAME)


def _font(size: int) -> ImageFont.FreeTypeFont:
    # matplotlib brings DejaVu Sans, which has the Cyrillic letters; a system need not have any font.
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", size)
