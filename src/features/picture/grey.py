"""Pictures of any Pillow mode as grey ones."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_WHITES = tuple(2**bits - 1 for bits in (1, 8, 10, 12, 14, 16))
"""What white may be in a picture of integers or floats: cameras and scanners put 10, 12 or 14 bits into 16."""
_WIDENED = 257
"""Eight bits become sixteen by this factor."""
_OVERSHOOT = 1.25
"""Scaling by a cubic leaves floats that much above their white."""
_STRIP_PIXELS = 1_000_000
"""So many are converted at a time: numbers of eight bytes for a whole picture would take gigabytes."""

Grey = NDArray[np.uint8]


def to_grey(picture: Image.Image, largest_value: int = 0) -> Grey:
    """Return a picture of any mode as (height, width) uint8; transparency becomes paper.

    Args:
        picture: Of any mode.
        largest_value: What its file says no value of it is above, 0 where it says nothing; see `white_of`.
    """
    if picture.mode in {"I", "F"} or picture.mode.startswith("I;16"):
        return _from_deep(picture, largest_value)
    if picture.mode == "LAB":
        return np.asarray(picture.getchannel("L"), np.uint8)
    if picture.mode in {"La", "RGBa"} or "A" in picture.getbands() or "transparency" in picture.info:
        return _on_paper(picture)
    return np.asarray(picture.convert("L"), np.uint8)


def white_of(high: float, largest_value: int = 0, *, slack: float = 1.0) -> float:
    """Return the value of white: the least of 1 and those of 8, 10, 12, 14 and 16 bits that no value is above.

    Args:
        high: Of the brightest pixel; it is white where it is above all of them.
        largest_value: What the file says; white is not below it.
        slack: How many times white a pixel may be.
    """
    least = max(high / slack, largest_value)
    return next((float(white) for white in _WHITES if least <= white), float(high))


def is_widened(values: NDArray[np.integer]) -> bool:
    """Say whether integers are eight bits that were widened to sixteen: white is 65535 then, however dark they are."""
    return not (values % _WIDENED).any()


def _from_deep(picture: Image.Image, largest_value: int) -> Grey:
    low, high, widened = 0.0, 0.0, picture.mode != "F"
    for _, strip in _strips(picture):
        values = strip[np.isfinite(strip)]
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
            widened = widened and is_widened(values)
    white = white_of(high, _WHITES[-1] if widened else largest_value, slack=_OVERSHOOT if picture.mode == "F" else 1)
    grey = np.empty((picture.height, picture.width), np.uint8)
    for top, strip in _strips(picture):
        values = np.nan_to_num(strip.astype(np.float64), posinf=high, neginf=low).clip(low, min(high, white))
        grey[top : top + len(strip)] = (values - low) * (255 / (white - low))
    return grey


def _on_paper(picture: Image.Image) -> Grey:
    bright = visible = 0
    for _, strip in _strips(picture, "LA"):
        shown = strip[..., 1] > 0
        bright += int(strip[..., 0].sum(where=shown, dtype=np.int64))
        visible += int(shown.sum())
    # White ink on nothing would vanish on white paper: such a picture lies on black.
    paper = 0 if bright > 127 * visible else 255
    laid = np.empty((picture.height, picture.width), np.uint8)
    for top, strip in _strips(picture, "LA"):
        grey, alpha = strip[..., 0].astype(np.uint16), strip[..., 1].astype(np.uint16)
        laid[top : top + len(strip)] = (grey * alpha + paper * (255 - alpha)) // 255
    return laid


def _strips(picture: Image.Image, mode: str = "") -> Iterator[tuple[int, NDArray[np.number]]]:
    """Yield the first row and the pixels of each strip of a picture, of a mode that is asked for."""
    rows = max(1, _STRIP_PIXELS // max(1, picture.width))
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        if strip.mode in {"La", "RGBa"}:
            strip = strip.convert(strip.mode.upper())
        yield top, np.asarray(strip.convert(mode) if mode else strip)
