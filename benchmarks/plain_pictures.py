"""Run a data stage with pictures that are cropped and shrunk alone: `python -m benchmarks.plain_pictures STAGE`.

What the ablation compares our normalisation with: MNIST's own way, without the even pen.
"""

import runpy
import sys

import cv2
import numpy as np
from PIL import Image

from src.features.picture import normalize as ours
from src.features.picture.frame import BOX, SIDE
from src.features.picture.grey import Grey, to_grey


def shrink(picture: Image.Image | Grey, side: int = SIDE) -> ours.Glyph:
    """Return ink cropped to its box and shrunk to our box, in the middle of `side` px."""
    grey = to_grey(picture) if isinstance(picture, Image.Image) else picture
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = np.asarray(cv2.absdiff(grey, np.full_like(grey, int(np.median(border)))), np.uint8)
    if ink.max(initial=0) == 0:
        return ours.Glyph(np.zeros((side, side), np.uint8), None)
    left, top, width, height = cv2.boundingRect((ink > ink.max() / 2).astype(np.uint8))
    scale = side * BOX / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(ink[top : top + height, left : left + width], size, interpolation=cv2.INTER_AREA)
    image = np.zeros((side, side), np.uint8)
    x, y = (side - size[0]) // 2, (side - size[1]) // 2
    image[y : y + size[1], x : x + size[0]] = small
    return ours.Glyph(image, height / grey.shape[0])


if __name__ == "__main__":
    from benchmarks.plain_pictures import shrink as importable  # other processes cannot import __main__

    ours.normalize = importable
    module = sys.argv.pop(1)
    runpy.run_module(module, run_name="__main__")
