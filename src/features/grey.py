"""Pictures of any Pillow mode as grey ones."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_WHITES = (1.0, 255.0, 65535.0)
"""What white may be in a picture of integers or floats."""

Grey = NDArray[np.uint8]


def to_grey(picture: Image.Image) -> Grey:
    """Return a picture of any mode as (height, width) uint8; transparency becomes paper.

    White is 1, 255 or 65535 in a picture of integers or floats: the least of them that no pixel is above, or the
    brightest pixel.
    """
    if picture.mode in {"I", "F"} or picture.mode.startswith("I;16"):
        return _from_deep(np.asarray(picture, np.float32))
    if picture.mode == "LAB":
        return np.asarray(picture.getchannel("L"), np.uint8)
    if picture.mode in {"La", "RGBa"}:
        picture = picture.convert(picture.mode.upper())
    if "A" in picture.getbands() or "transparency" in picture.info:
        return _on_paper(np.asarray(picture.convert("LA"), np.uint16))
    return np.asarray(picture.convert("L"), np.uint8)


def _from_deep(pixels: NDArray[np.float32]) -> Grey:
    values = np.nan_to_num(pixels).astype(np.float64)
    low, high = values.min(initial=0), values.max(initial=0)
    white = next((white for white in _WHITES if high <= white), high)
    return np.asarray((values - low) * (255 / (white - low)), np.uint8)


def _on_paper(pixels: NDArray[np.uint16]) -> Grey:
    grey, alpha = pixels[..., 0], pixels[..., 1]
    # White ink on nothing would vanish on white paper: such a picture lies on black.
    paper = 0 if (grey * (alpha > 0)).sum() > 127 * (alpha > 0).sum() else 255
    return np.asarray((grey * alpha + paper * (255 - alpha)) // 255, np.uint8)
