"""Two characters on one canvas, sometimes three, side by side or one above the other.

They are made of the rows of the split table, so that a test row is in no negative of the split val. Narrow characters
are left out, and those of which two make a third: ь and і are ы, і and о are ю, с and с are х, л and л are м.
"""

import cv2
import numpy as np
import pandas as pd

from src.common.errors import InputError
from src.config.paths import SPLIT_TABLE
from src.data.negatives.negative import Negative
from src.data.negatives.negative_table import NegativeSplit
from src.data.tables.table import stack_images
from src.features.picture.grey import Grey

LABELS = "2345679абвдежзкмнпртуфхцчщюяє"
ROUND = "69абвюя"
"""What may look like 8 or В above another character."""

_ROWS: dict[NegativeSplit, list[str]] = {"val": ["train", "val"], "test": ["test"]}
_CANVAS = 200
_INK = 64


def join_glyphs(
    frame: pd.DataFrame, count: int, split: NegativeSplit, source: str, generator: np.random.Generator
) -> list[Negative]:
    """Join characters of the split table's rows (test rows for `test`, all others for `val`) `count` times.

    Raises:
        InputError: No row is of a character that can be joined.
    """
    rows = frame[frame["split"].isin(_ROWS[split]) & frame["label"].isin(list(LABELS))]
    flat = np.flatnonzero(~rows["label"].isin(list(ROUND)))
    if not len(flat):
        raise InputError(f"{SPLIT_TABLE}: no rows of {split} to join; change split.test_size in params.yaml")
    images = stack_images(rows)
    heights = rows["relative_height"].to_numpy()
    joined = []
    for number in range(count):
        is_stacked = generator.random() < 0.2
        chosen = generator.choice(flat if is_stacked else len(rows), 3 if generator.random() < 0.15 else 2)
        glyphs = [_true_size(images[place], heights[place], generator) for place in chosen]
        picture = _stack(glyphs, generator) if is_stacked else _set_in_line(glyphs, generator)
        joined.append(Negative(picture, source, f"{'-'.join(rows['filename'].iloc[chosen])}-{number:04d}"))
    return joined


def _true_size(image: Grey, height: float, generator: np.random.Generator) -> Grey:
    """Return the ink of a row as large as on its canvas; a digit, whose height is lost, about as tall as a capital."""
    left, top, width, rows = cv2.boundingRect((image > _INK).astype(np.uint8))
    ink = image[top : top + rows, left : left + width]
    scale = (generator.uniform(0.4, 0.6) if np.isnan(height) else height) * _CANVAS / rows
    size = (max(1, round(width * scale)), max(1, round(rows * scale)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _set_in_line(glyphs: list[Grey], generator: np.random.Generator) -> Grey:
    """Set glyphs side by side on about one line, apart or just touching."""
    left, places = 0, []
    for glyph in glyphs:
        places.append((round(generator.normal(0, 6)) - glyph.shape[0], left))
        left += glyph.shape[1] + round(generator.uniform(-6, 24))
    return _compose(glyphs, places)


def _stack(glyphs: list[Grey], generator: np.random.Generator) -> Grey:
    """Set glyphs one above the other."""
    top, places = 0, []
    for glyph in glyphs:
        places.append((top, round(generator.normal(0, 12)) - glyph.shape[1] // 2))
        top += glyph.shape[0] + round(generator.uniform(4, 24))
    return _compose(glyphs, places)


def _compose(glyphs: list[Grey], places: list[tuple[int, int]]) -> Grey:
    """Draw glyphs at (row, column) on a square canvas of 200 px, or of what they need, centred; black on white."""
    first = np.min(places, axis=0)
    last = np.max([np.add(place, glyph.shape) for glyph, place in zip(glyphs, places, strict=True)], axis=0)
    side = max(_CANVAS, round(1.1 * float(np.max(last - first))))
    shift = (side - (last - first)) // 2 - first
    canvas = np.zeros((side, side), np.uint8)
    for glyph, place in zip(glyphs, places, strict=True):
        row, column = np.add(place, shift)
        window = canvas[row : row + glyph.shape[0], column : column + glyph.shape[1]]
        np.maximum(window, glyph, out=window)
    return np.asarray(255 - canvas, np.uint8)
