"""Rows of glyphs.csv with their pictures, crafted on disk or in memory."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from src.data.cleaning.glyph_ink import Box
from src.data.cleaning.glyph_table import COORDINATES

LETTER = Box(60, 60, 120, 140)
LINE = Box(150, 0, 160, 199)
SPECK = Box(180, 70, 184, 73)


class Corpus:
    """A crafted corpus in upstream's format: swapped columns, inclusive ends, RGB pictures."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[dict[str, Any]] = []
        (folder / "glyphs").mkdir(parents=True)

    def row(self, name: str, box: Box = LETTER, label: str = "а", *, is_uppercase: bool = False) -> None:
        swapped = {"top": box.left, "bottom": box.right - 1, "left": box.top, "right": box.bottom - 1}
        self.rows.append({"label": label, "is_uppercase": is_uppercase, **swapped, "filename": f"glyphs/{name}.png"})

    def picture(self, name: str, *boxes: Box, mark: int = 0) -> None:
        """Draw ink; a `mark` is a hole in the letter that makes its pixels its own."""
        pixels = np.full((200, 200, 3), 255, np.uint8)
        for box in boxes:
            pixels[box.top : box.bottom, box.left : box.right] = 0
        pixels[100, 80 : 80 + mark] = 255
        Image.fromarray(pixels).save(self.folder / "glyphs" / f"{name}.png")

    def save(self) -> None:
        with (self.folder / "glyphs.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(self.rows[0]))
            writer.writeheader()
            writer.writerows(self.rows)


def in_memory(rows: list[tuple[str, Box]]) -> tuple[pd.DataFrame, dict[str, Callable[[], bytes]]]:
    """Rows (label, box) that all have the same picture, of LETTER."""
    pixels = np.full((200, 200), 255, np.uint8)
    pixels[LETTER.top : LETTER.bottom, LETTER.left : LETTER.right] = 0
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG")
    names = [f"glyphs/{number}.png" for number in range(len(rows))]
    frame = pd.DataFrame([box for _, box in rows], columns=COORDINATES)
    frame = frame.assign(filename=names, label=[label for label, _ in rows], is_uppercase=False)
    return frame, dict.fromkeys(names, stream.getvalue)
