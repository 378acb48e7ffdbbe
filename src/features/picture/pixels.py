"""Pictures of any Pillow mode as arrays: grey where they are grey, and coloured where they are coloured."""

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from src.features.picture.grey import Grey, to_grey

Pixels = NDArray[np.uint8]
"""(height, width) grey or (height, width, 3) red, green and blue."""

_COLOURED = frozenset({"RGB", "RGBX", "RGBA", "RGBa", "P", "PA", "CMYK", "YCbCr", "HSV"})
_TINT = 16
"""What is coloured less, of 255, is grey: so much do JPEG and WebP make of grey pictures."""
LONGEST_COLOURED = 1024
"""Side to which coloured pictures are made smaller, px: three times as many numbers are worked on as of grey ones."""


def to_pixels(picture: Image.Image, largest_value: int = 0) -> Pixels:
    """Return a picture of any mode as it is seen; a large coloured one is made smaller, by a whole factor.

    Args:
        picture: Of any mode.
        largest_value: As of `to_grey`.
    """
    if picture.mode not in _COLOURED:
        return to_grey(picture, largest_value)
    factor = max(1, max(picture.size) // LONGEST_COLOURED)
    if _is_grey(picture, factor):
        return to_grey(picture, largest_value)
    return _on_paper(_smaller(picture, factor))


def _is_grey(picture: Image.Image, factor: int) -> bool:
    """Say whether a picture is grey; of a large one a pixel in many is looked at."""
    seen = picture if factor == 1 else picture.resize((picture.width // factor, picture.height // factor), 0)
    red, green, blue, _ = cv2.split(np.asarray(seen.convert("RGBA"), np.uint8))
    return max(int(cv2.absdiff(red, green).max()), int(cv2.absdiff(green, blue).max())) <= _TINT


def _smaller(picture: Image.Image, factor: int) -> Image.Image:
    if factor == 1:
        return picture
    if picture.mode in {"P", "PA"}:
        picture = picture.convert("RGBA" if _is_transparent(picture) else "RGB")
    return picture.reduce(factor)


def _is_transparent(picture: Image.Image) -> bool:
    return picture.mode in {"La", "RGBa"} or "A" in picture.getbands() or "transparency" in picture.info


def _on_paper(picture: Image.Image) -> Pixels:
    """Return a coloured picture, laid on white paper where it is transparent, and on black where its ink is bright."""
    if not _is_transparent(picture):
        return np.asarray(picture.convert("RGB"), np.uint8)
    laid = to_grey(picture)
    seen = np.asarray(picture.convert("RGBA"), np.uint16)
    colour, alpha = seen[..., :3], seen[..., 3:]
    # Where nothing is seen, `to_grey` shows the paper that it has chosen.
    hidden = laid[alpha[..., 0] == 0]
    paper = int(hidden[0]) if hidden.size else 255
    return np.asarray((colour * alpha + paper * (255 - alpha)) // 255, np.uint8)


def is_coloured(pixels: Pixels) -> bool:
    """Say whether an array is a coloured picture."""
    return pixels.ndim == 3  # rows, columns, channels


def grey_of(pixels: Pixels) -> Grey:
    """Return what of a picture is seen by brightness alone."""
    if not is_coloured(pixels):
        return pixels
    return np.asarray(Image.fromarray(pixels).convert("L"), np.uint8)
