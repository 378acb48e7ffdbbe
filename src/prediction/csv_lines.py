"""Lines of CSV by RFC 4180 that no spreadsheet takes for formulas."""

import csv
import unicodedata
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from src.prediction.path_text import path_text

_LINE_BREAKS = "\n\r\t"
"""What RFC 4180 allows in a quoted cell; and tabs, which every reader takes."""
_TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""They turn the direction of writing: one name looks like another."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
"""A spreadsheet calculates a cell that begins so, the wide ones (the last four) too, or runs what it names."""
_GUARD = "'"
_OTHER_SEPARATORS = ";\t"
"""Spreadsheets cut at these where a comma is the decimal sign, but not in quotes."""


def csv_line(cells: Sequence[str]) -> str:
    """Return cells as a line of CSV with its end, CR LF."""
    line = StringIO()
    needs_quotes = any(each in cell for cell in cells for each in _OTHER_SEPARATORS)
    writer = csv.writer(line, quoting=csv.QUOTE_ALL) if needs_quotes else csv.writer(line)
    writer.writerow(cells)
    return line.getvalue()


def path_cell(path: Path) -> str:
    """Return a path as a cell: an apostrophe before one that would be a formula, or has an apostrophe there itself.

    So the path is what follows a first apostrophe. A path that is no text, or has what steers a terminal, is told as
    its `file:` address.
    """
    text = path_text(path)
    if any(map(_is_steering, text)):
        return path.absolute().as_uri()
    return _GUARD + text if text.startswith((*_FORMULA, _GUARD)) else text


def _is_steering(character: str) -> bool:
    if character in _LINE_BREAKS:
        return False
    return unicodedata.category(character) == "Cc" or character in _TURNING
