"""The pictures of rukopys, with only what lies in the box of the cleaned glyph table."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.common.errors import InputError


def read_glyphs(folder: Path, glyphs: pd.DataFrame) -> list[NDArray[np.uint8]]:
    """Read the picture of each row of the glyph table and paint what lies outside its box as paper.

    Args:
        folder: The corpus, to which the column `filename` is relative.
        glyphs: Columns filename and left, top, right, bottom: a half-open box in pixels.

    Returns:
        Grey pictures (height, width) uint8, black ink on white, in the order of the rows.

    Raises:
        InputError: A picture is missing or unreadable, or its box holds no pixel.
    """
    boxes = glyphs[["left", "top", "right", "bottom"]].to_numpy(dtype=np.int64)
    return [_read(folder / name, box) for name, box in zip(glyphs["filename"], boxes, strict=True)]


def _read(path: Path, box: NDArray[np.int64]) -> NDArray[np.uint8]:
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) if path.is_file() else None
    if grey is None:
        raise InputError(f"{path}: no readable picture; run `dvc repro` to fetch and clean the glyphs again")
    left, top, right, bottom = box
    inside = np.asarray(grey[top:bottom, left:right], np.uint8)
    if inside.size == 0:
        raise InputError(f"{path}: its box {box.tolist()} holds no pixel; run `dvc repro` to clean the glyphs again")
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    alone = np.full(grey.shape, int(np.median(border)), np.uint8)
    alone[top:bottom, left:right] = inside
    return alone
