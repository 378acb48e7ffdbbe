"""What the file of a picture has beyond the eight bits that Pillow keeps of a channel's sixteen."""

import struct
import sys
from collections.abc import Iterator
from io import BytesIO
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL.TiffImagePlugin import BITSPERSAMPLE, TiffImageFile

from src.features.decoding.tiff import correct_tiles
from src.features.picture.grey import Grey, is_widened, white_of

_MAX_SAMPLE_VALUE = 281
"""TIFF's tag; 65535 is what it is by default, and tells nothing."""
_BITS = 16
_WHITE = 2**_BITS - 1
_LOST = 63
"""Fourteen bits in sixteen, by the upper eight alone."""
_ENDS = (("B", "L"), ("L", "B"), ("N", "B" if sys.byteorder == "little" else "L"))
_LOWER = MappingProxyType(
    {
        f"{channels};16{end}": f"{channels};16{other}"
        for channels in ("RGB", "RGBA", "RGBX", "CMYK", "R", "G", "B", "A")
        for end, other in _ENDS
    }
    | {"LA;16B": "RGBA"}
)
"""How Pillow is told to read a channel's upper eight bits, and how the lower: as if the bytes lay the other way round.

Of grey with alpha it has no such way: all four bytes are taken for channels.
"""
_STRIP_PIXELS = 100_000
"""Are worked on at a time: the service gives a picture of a million pixels 32 MB more than it takes."""
_CHUNKS = 1000
"""Of a PNG are looked through at most; honest files have some ten before their pixels."""


def is_deep(picture: ImageFile.ImageFile) -> bool:
    """Say whether the channels of a picture that is not loaded yet have more than eight bits."""
    forms = [_form_of(tile) for tile in picture.tile]
    return picture.format in {"PNG", "TIFF"} and any(";16" in form or ";12" in form for form in forms)


def largest_value_of(picture: ImageFile.ImageFile, content: bytes) -> int:
    """Return what the file of a deep picture says that none of its values is above, 0 where it says nothing.

    TIFF has a tag MaxSampleValue, or fewer bits than 16; PNG a chunk sBIT, how many bits there were before.
    """
    if isinstance(picture, TiffImageFile):
        bits = [each for each in _whole(picture.tag_v2.get(BITSPERSAMPLE)) if each < _BITS]
        said = [each for each in _whole(picture.tag_v2.get(_MAX_SAMPLE_VALUE)) if each < _WHITE]
    else:
        bits, said = list(_significant_bits(content)), []
    return max([*said, *(2 ** min(each, _BITS) - 1 for each in bits)], default=0)


def load_deep(picture: ImageFile.ImageFile, content: bytes, largest_value: int) -> None:
    """Load a deep picture, and brighten it where it is of 8 to 14 bits in 16, which Pillow leaves black or transparent.

    Args:
        picture: Not loaded yet.
        content: Its file.
        largest_value: What the file says that no value is above, 0 where it says nothing.
    """
    forms = [_form_of(tile) for tile in picture.tile]
    picture.load()
    if all(form in _LOWER for form in forms) and any(_highest(picture, group) <= _LOST for group in _groups(picture)):
        _brighten(picture, _lower_bytes(content, str(picture.format)), largest_value)


def _form_of(tile: ImageFile._Tile) -> str:
    args = tile.args if isinstance(tile.args, tuple) else (tile.args,)
    return str(args[0]) if args else ""


def _groups(picture: Image.Image) -> list[list[int]]:
    """Return the numbers of the channels of colour, and that of transparency where there is one."""
    names = picture.getbands()
    colours = [band for band, name in enumerate(names) if name != "A"]
    return [colours, *([band] for band, name in enumerate(names) if name == "A")]


def _highest(picture: Image.Image, bands: list[int]) -> int:
    return max(int(np.max(picture.getchannel(band).getextrema())) for band in bands)


def _lower_bytes(content: bytes, form: str) -> Image.Image:
    """Return a picture of the lower eight bits of each channel."""
    with Image.open(BytesIO(content), formats=[form]) as picture:
        if isinstance(picture, TiffImageFile):
            correct_tiles(picture)
        forms = [_form_of(tile) for tile in picture.tile]
        picture.tile = [tile._replace(args=_told(tile)) for tile in picture.tile]
        picture.load()
    if "LA;16B" in forms:
        _, grey, _, alpha = picture.split()
        return Image.merge("RGBA", (grey, grey, grey, alpha))
    return picture


def _told(tile: ImageFile._Tile) -> str | tuple[object, ...]:
    lower = _LOWER[_form_of(tile)]
    return (lower, *tile.args[1:]) if isinstance(tile.args, tuple) else lower


def _brighten(picture: Image.Image, lower: Image.Image, largest_value: int) -> None:
    """Scale colours and transparency by the white of each; eight bits that were widened to sixteen stay as they are."""
    groups = _groups(picture)
    highest, widened = np.zeros(len(picture.getbands()), np.uint16), [True] * len(groups)
    for _, values in _joined(picture, lower):
        highest = np.maximum(highest, values.max(axis=(0, 1)))
        widened = [before and is_widened(values[..., group]) for before, group in zip(widened, groups, strict=True)]
    tables: dict[int, Grey] = {}
    for group, as_they_are in zip(groups, widened, strict=True):
        white = _WHITE if as_they_are else white_of(int(highest[group].max()), largest_value)
        tables |= dict.fromkeys(group, _eight_bits(white))
    if all(widened):
        return
    for top, values in _joined(picture, lower):
        eight = [tables[band][values[..., band]] for band in range(len(highest))]
        picture.paste(Image.merge(picture.mode, [Image.fromarray(each) for each in eight]), (0, top))


def _eight_bits(white: float) -> Grey:
    """Return what each of the values up to white is in eight bits."""
    return np.asarray(np.arange(white + 1) * (255 / white), np.uint8)


def _joined(picture: Image.Image, lower: Image.Image) -> Iterator[tuple[int, NDArray[np.uint16]]]:
    """Yield the first row and the (rows, width, channels) values of each strip."""
    rows = max(1, _STRIP_PIXELS // picture.width)
    for top in range(0, picture.height, rows):
        box = (0, top, picture.width, min(top + rows, picture.height))
        upper = np.asarray(picture.crop(box), np.uint16)
        yield top, upper * np.uint16(256) + np.asarray(lower.crop(box), np.uint16)


def _whole(values: object) -> list[int]:
    return [value for value in (values if isinstance(values, tuple) else (values,)) if isinstance(value, int)]


def _significant_bits(content: bytes) -> bytes:
    """Return what a PNG's chunk sBIT says of each channel, nothing where there is none."""
    return next((body for kind, body in _chunks_before_pixels(content) if kind == b"sBIT"), b"")


def _chunks_before_pixels(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    for _ in range(_CHUNKS):
        if at + 8 > len(content):
            return
        length, kind = struct.unpack_from(">I4s", content, at)
        if kind == b"IDAT":
            return
        yield kind, content[at + 8 : at + 8 + length]
        at += length + 12
