"""The contact sheet of the filled letters: one sheet a way, one below the other."""

from collections.abc import Mapping

import pandas as pd
from PIL import Image

from src.data.pictures.contact_sheet import draw_sheet
from src.data.pictures.letter_strips import letter_strips

_SHOWN = 14
_PAPER = 255


def draw_fill_sheet(ways: Mapping[str, pd.DataFrame]) -> Image.Image:
    """Draw up to 14 samples of each letter and case, and of each digit, of each way that made any."""
    sheets = [_draw_way(way, frame) for way, frame in ways.items() if len(frame)]
    whole = Image.new("L", (max((s.width for s in sheets), default=1), sum(s.height for s in sheets) or 1), _PAPER)
    top = 0
    for sheet in sheets:
        whole.paste(sheet, (0, top))
        top += sheet.height
    return whole


def _draw_way(way: str, frame: pd.DataFrame) -> Image.Image:
    note = f"{len(frame)} rows, up to {_SHOWN} of each glyph, as the network sees them (inverted)"
    return draw_sheet(way, note, letter_strips(frame, _SHOWN), columns=2)
