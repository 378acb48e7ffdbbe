"""TIFFs that Pillow opens and reads wrongly: numbers of another byte order, planes of 16 bits, signs."""

from collections.abc import Iterator
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL.TiffImagePlugin import (
    BITSPERSAMPLE,
    PLANAR_CONFIGURATION,
    SAMPLEFORMAT,
    TiffImageFile,
)

_NATIVE = MappingProxyType({"I;16BS": "I;16NS", "I;32BS": "I;32NS", "F;32BF": "F;32NF"})
"""libtiff gives numbers as this machine has them; Pillow turns them once more where the file has the other order."""
_BIG = "MM"
_PLANES = 2
_UNSIGNED, _SIGNED = 1, 2
_STRIP_PIXELS = 100_000


def correct_tiles(picture: TiffImageFile) -> None:
    """Correct how Pillow is going to read a TIFF that is not loaded yet."""
    picture.tile = [_corrected(picture, tile) for tile in picture.tile]


def correct_signs(picture: TiffImageFile) -> Image.Image:
    """Return a loaded TIFF whose numbers have the sign that the file gives them, of which Pillow keeps one kind."""
    bits, signs = _first(picture, BITSPERSAMPLE), _first(picture, SAMPLEFORMAT)
    if picture.mode == "L" and (bits, signs) == (8, _SIGNED):
        return picture.point([value ^ 0x80 for value in range(256)])
    if picture.mode == "I" and (bits, signs) == (32, _UNSIGNED) and np.min(picture.getextrema()) < 0:
        return _upper_half(picture)
    return picture


def _corrected(picture: TiffImageFile, tile: ImageFile._Tile) -> ImageFile._Tile:
    if not isinstance(tile.args, tuple):
        return tile
    form, *others = tile.args
    if tile.codec_name == "libtiff":
        form = _NATIVE.get(form, form)
    elif _first(picture, PLANAR_CONFIGURATION) == _PLANES and _first(picture, BITSPERSAMPLE) == 16:
        # Pillow takes the first letter of what it reads by, which means eight bits, or 32.
        form = picture.mode if picture.mode.startswith("I;16") else f"{form};16{_order(picture)}"
    return tile._replace(args=(form, *others))


def _order(picture: TiffImageFile) -> str:
    return "B" if picture.tag_v2.prefix.decode("ascii") == _BIG else "L"


def _first(picture: TiffImageFile, tag: int) -> int:
    """Return the first number of a tag, 1 where it is not said."""
    said = picture.tag_v2.get(tag, 1)
    return next(iter(said), 1) if isinstance(said, tuple) else said


def _upper_half(picture: Image.Image) -> Image.Image:
    """Return 32 bits without a sign as 16, which are more than anybody sees."""
    upper = np.empty((picture.height, picture.width), np.uint16)
    for top, values in _strips(picture):
        upper[top : top + len(values)] = values >> 16
    return Image.fromarray(upper)


def _strips(picture: Image.Image) -> Iterator[tuple[int, NDArray[np.uint32]]]:
    rows = max(1, _STRIP_PIXELS // picture.width)
    for top in range(0, picture.height, rows):
        strip = picture.crop((0, top, picture.width, min(top + rows, picture.height)))
        yield top, np.asarray(strip).view(np.uint32)
