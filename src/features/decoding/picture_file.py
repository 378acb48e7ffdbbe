"""The bytes of a picture file as a grey or coloured picture, whatever the bytes are."""

from io import BytesIO
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from src.common.errors import InputError
from src.features.decoding.depth import is_deep, largest_value_of, load_deep
from src.features.decoding.tiff import correct_signs, correct_tiles
from src.features.picture.grey import to_grey
from src.features.picture.pixels import LONGEST_COLOURED, Pixels, to_pixels

FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF")
"""Pillow's names of what is read."""
LARGEST_PIXELS = 40_000_000
"""More are refused before they are unpacked: a small file can hold gigabytes."""
LARGEST_WEBP_PIXELS = 27_000_000
"""Of WebP, whose decoder keeps two more pictures of four bytes a pixel."""


class LargePictureError(InputError):
    """A picture has more pixels than are wanted."""


class Frame(NamedTuple):
    """The first page or frame of a file.

    pixels: (height, width) or (height, width, 3) uint8; a large coloured one is made smaller.
    size: Width and height in the file, upright.
    has_more: Whether there are more pages or frames.
    """

    pixels: Pixels
    size: tuple[int, int]
    has_more: bool


def decode_picture(content: bytes, largest: int = LARGEST_PIXELS) -> Pixels:
    """Return the first frame of a picture as (height, width) or (height, width, 3) uint8; see `decode_frame`."""
    return decode_frame(content, largest).pixels


def decode_frame(content: bytes, largest: int = LARGEST_PIXELS) -> Frame:
    """Return the first frame of a picture, upright as EXIF says it was taken.

    Raises:
        LargePictureError: It has more than `largest` pixels.
        InputError: It is no picture of `FORMATS`, is damaged or cut off.
    """
    if not content:
        raise InputError("empty file; write it again")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            _check_size(*picture.size, min(largest, LARGEST_WEBP_PIXELS) if picture.format == "WEBP" else largest)
            width, height = picture.size
            pixels = _upright_pixels(picture, content)
            turned = (width > height) != (pixels.shape[1] > pixels.shape[0])
            return Frame(pixels, (height, width) if turned else (width, height), _has_more(picture))
    except InputError:
        raise
    except Image.DecompressionBombError:
        raise LargePictureError(f"more than {LARGEST_PIXELS:,} pixels; make it smaller") from None
    except UnidentifiedImageError:
        raise InputError(_unknown(content)) from None
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise nearly anything on damaged bytes
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"damaged picture ({reason}); write it again") from None


def _upright_pixels(picture: ImageFile.ImageFile, content: bytes) -> Pixels:
    if picture.format == "JPEG" and picture.mode != "L":
        # Its decoder makes it smaller in no time, but not below this.
        picture.draft(None, (LONGEST_COLOURED, LONGEST_COLOURED))
    if isinstance(picture, TiffImageFile):
        correct_tiles(picture)
    largest_value = 0
    if is_deep(picture):
        largest_value = largest_value_of(picture, content)
        load_deep(picture, content, largest_value)
    boxes = [tile.extents for tile in picture.tile if tile.extents]
    ImageOps.exif_transpose(picture, in_place=True)  # otherwise it copies also what lies right
    if picture.format == "BMP" and _is_invisible(picture):
        picture.putalpha(255)  # many programs leave zeros there, and mean no transparency
    if picture.format == "GIF" and "transparency" not in picture.info and boxes:
        return _cleared_around(to_grey(picture), boxes[0])
    return to_pixels(correct_signs(picture) if isinstance(picture, TiffImageFile) else picture, largest_value)


def _is_invisible(picture: Image.Image) -> bool:
    return "A" in picture.getbands() and picture.getchannel("A").getextrema() == (0, 0)


def _cleared_around(grey: Pixels, box: tuple[int, int, int, int]) -> Pixels:
    """Return a GIF whose first frame leaves a part of the canvas with its paper there, for Pillow takes any colour."""
    left, top, right, bottom = box
    frame = grey[top:bottom, left:right]
    if not 0 < frame.size < grey.size:
        return grey
    paper = np.median(np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]]))
    cleared = np.full_like(grey, int(paper))
    cleared[top:bottom, left:right] = frame
    return cleared


def _unknown(content: bytes) -> str:
    """Say what Pillow cannot open: of a format that is read there are kinds that are not."""
    for form in FORMATS:
        accept = Image.OPEN[form][1]
        if accept is not None and accept(content[:16]):
            return f"a {form} of a kind that is not read, or damaged; save it with 8 bits a channel, as PNG or JPEG"
    return "no picture that can be read; give PNG, JPEG, BMP, WebP, TIFF or GIF"


def _has_more(picture: Image.Image) -> bool:
    # The others of a JPEG with an index (MPO) are a telephone's previews and depths of the same picture.
    if picture.format == "MPO":
        return False
    try:
        return bool(getattr(picture, "is_animated", False))
    except Exception:  # noqa: BLE001 - what comes after the first frame may be damaged: it is not read
        return False


def _check_size(width: int, height: int, largest: int) -> None:
    if width * height > largest:
        raise LargePictureError(f"{width:,} x {height:,} pixels, above {largest:,}; make it smaller")
