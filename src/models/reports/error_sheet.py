"""A sheet of every wrong answer: the picture, what it is, and the three labels that the network gave most."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

COLUMNS = 4
MOST = 600
"""So many mistakes are drawn; a reader of more wants errors.csv."""

_PICTURE = 112
_WIDTH, _HEIGHT, _GAP, _MARGIN, _PADDING = 368, 176, 14, 36, 14
_HEADER, _LINE, _HEADING = 92, 20, 50
_FOOT = _PICTURE + 26
_BAR_LEFT, _BAR_WIDTH, _BAR_HEIGHT, _BAR_STEP = 24, 110, 14, 19
_PAPER, _CARD, _FRAME, _TEXT, _NOTE, _BAR = "#f4f4f1", "#ffffff", "#dcdcd6", "#1a1a1a", "#70706a", "#b9b9b2"
_TRUE, _FALSE = "#0072b2", "#d55e00"  # Okabe and Ito's blue and vermilion: apart for every kind of sight


class Mistake(NamedTuple):
    """One wrong answer.

    image: (side, side) uint8, white ink on black.
    truth, answer: The characters, in their cases.
    label: The true label.
    label_wrong: False where only the case is wrong.
    top: The most probable labels and their probabilities, best first.
    truth_rank: 1 where the true label is the most probable.
    truth_probability: Of the true label.
    uppercase_probability: None where the truth is a digit or its case is not known.
    relative_height: None where unknown.
    name: The file.
    """

    image: NDArray[np.uint8]
    truth: str
    answer: str
    label: str
    label_wrong: bool
    top: Sequence[tuple[str, float]]
    truth_rank: int
    truth_probability: float
    uppercase_probability: float | None
    relative_height: float | None
    name: str


def draw_error_sheet(mistakes: Sequence[Mistake], title: str, note: str) -> Image.Image:
    """Draw the mistakes as an RGB picture: wrong labels first, then letters of which only the case is wrong.

    Args:
        mistakes: Drawn in the given order; beyond 600 the sheet says how many are left out.
        title: The first line.
        note: The lines below it, such as how many rows were asked.
    """
    shown = mistakes[:MOST]
    if len(shown) < len(mistakes):
        note += f"; the first {MOST} of {len(mistakes)} are drawn, all are in errors.csv"
    parts = [
        ("Label wrong", [mistake for mistake in shown if mistake.label_wrong]),
        ("Label right, case wrong", [mistake for mistake in shown if not mistake.label_wrong]),
    ]
    heights = [_part_height(len(part)) for _, part in parts]
    header = _HEADER + _LINE * note.count("\n")
    sheet = Image.new("RGB", (2 * _MARGIN + COLUMNS * (_WIDTH + _GAP) - _GAP, header + sum(heights) + _MARGIN), _PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((_MARGIN, 30), title, fill=_TEXT, font=_font(24, bold=True), anchor="lt")
    for number, line in enumerate(note.split("\n")):
        pen.text((_MARGIN, 66 + number * _LINE), line, fill=_NOTE, font=_font(14), anchor="lt")
    top = header
    for (heading, part), height in zip(parts, heights, strict=True):
        pen.text((_MARGIN, top + 24), f"{heading}: {len(part) or 'none'}", fill=_TEXT, font=_font(17), anchor="lt")
        for number, mistake in enumerate(part):
            row, column = divmod(number, COLUMNS)
            corner = (_MARGIN + column * (_WIDTH + _GAP), top + _HEADING + row * (_HEIGHT + _GAP))
            _draw_card(sheet, pen, mistake, corner)
        top += height
    return sheet


def _part_height(count: int) -> int:
    return _HEADING + -(-count // COLUMNS) * (_HEIGHT + _GAP)


def _draw_card(sheet: Image.Image, pen: ImageDraw.ImageDraw, mistake: Mistake, corner: tuple[int, int]) -> None:
    left, top = corner
    pen.rounded_rectangle((left, top, left + _WIDTH - 1, top + _HEIGHT - 1), 8, fill=_CARD, outline=_FRAME)
    left, top = left + _PADDING, top + _PADDING
    ink = Image.fromarray(np.asarray(255 - mistake.image, np.uint8))
    sheet.paste(ink.resize((_PICTURE, _PICTURE), Image.Resampling.BICUBIC), (left, top))
    pen.rectangle((left - 1, top - 1, left + _PICTURE, top + _PICTURE), outline=_FRAME)
    name = _shorten(mistake.name, _PICTURE)
    pen.text((left, top + _FOOT), name, fill=_NOTE, font=_font(12), anchor="ls")
    left += _PICTURE + 20
    _draw_verdict(pen, mistake, (left, top + 28))
    for number, (label, probability, place) in enumerate(_bars(mistake)):
        _draw_bar(pen, (label, probability, place), mistake, (left, top + 44 + number * _BAR_STEP))
    pen.text((left, top + _FOOT), _foot(mistake), fill=_NOTE, font=_font(12), anchor="ls")


def _draw_verdict(pen: ImageDraw.ImageDraw, mistake: Mistake, place: tuple[int, int]) -> None:
    """Write truth, arrow and answer on one line; where a letter and a digit may look alike, which is which."""
    x, y = place
    kinds = mistake.truth.isdigit() != mistake.answer.isdigit()
    parts = [(mistake.truth, _TRUE, 34), ("→", _NOTE, 20), (mistake.answer, _FALSE, 34)]
    for text, colour, size in parts:
        font = _font(size)
        pen.text((x, y), text, fill=colour, font=font, anchor="ls")
        x += round(font.getlength(text))
        if kinds and text != "→":
            kind = "digit" if text.isdigit() else "letter"
            pen.text((x + 4, y), kind, fill=_NOTE, font=_font(12), anchor="ls")
            x += 4 + round(_font(12).getlength(kind))
        x += 12


def _bars(mistake: Mistake) -> list[tuple[str, float, int]]:
    """Return label, probability and place of the most probable labels, and of the true one where it is not there."""
    bars = [(label, probability, place) for place, (label, probability) in enumerate(mistake.top, 1)]
    if mistake.truth_rank > len(bars):
        bars.append((mistake.label, mistake.truth_probability, mistake.truth_rank))
    return bars


def _draw_bar(pen: ImageDraw.ImageDraw, bar: tuple[str, float, int], mistake: Mistake, corner: tuple[int, int]) -> None:
    label, probability, place = bar
    left, top = corner
    middle = top + _BAR_HEIGHT // 2
    colour = _BAR
    if label in {mistake.label, mistake.top[0][0]}:
        colour = _TRUE if label == mistake.label else _FALSE
    length = max(2, round(_BAR_WIDTH * probability))
    pen.text((left + _BAR_LEFT // 3, middle), label, fill=_TEXT, font=_font(15), anchor="mm")
    pen.rectangle((left + _BAR_LEFT, top, left + _BAR_LEFT + length - 1, top + _BAR_HEIGHT - 1), fill=colour)
    text = _percent(probability) + (f", in place {place}" if place > len(mistake.top) else "")
    pen.text((left + _BAR_LEFT + length + 6, middle), text, fill=_TEXT, font=_font(12), anchor="lm")


def _foot(mistake: Mistake) -> str:
    height = "unknown" if mistake.relative_height is None else f"{mistake.relative_height:.2f}"
    if mistake.uppercase_probability is None:
        return f"height {height}"
    return f"height {height}  ·  uppercase {_percent(mistake.uppercase_probability)}"


def _percent(share: float) -> str:
    """Return a share in percent; never a rounded 0 or 100, which no network means."""
    rounded = min(max(round(100 * share), 0), 100)
    if rounded == 0:
        return "<1 %"
    return ">99 %" if rounded == 100 else f"{rounded} %"


def _shorten(name: str, width: int) -> str:
    """Keep the end of a name that is too long: that is where files of one folder differ."""
    font, kept = _font(12), name
    while font.getlength(kept) > width:
        kept = "…" + kept[2:]
    return kept


def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    # matplotlib brings DejaVu Sans, which has the Cyrillic letters; a system need not have any font.
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / name, size)
