"""The bytes of a picture file as a grey picture, whatever the bytes are."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from src.errors import InputError
from src.features.grey import Grey, to_grey

FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF")
"""Pillow's names of what is read."""
LARGEST_PIXELS = 40_000_000
"""More are refused before they are unpacked: a small file can hold gigabytes."""
LARGEST_WEBP_PIXELS = 27_000_000
"""Of WebP, whose decoder keeps two more pictures of four bytes a pixel."""


class LargePictureError(InputError):
    """A picture has more pixels than are wanted."""


def decode_picture(content: bytes, largest: int = LARGEST_PIXELS) -> Grey:
    """Return the first frame of a picture as (height, width) uint8, upright as EXIF says it was taken.

    Raises:
        LargePictureError: It has more than `largest` pixels.
        InputError: It is no picture of `FORMATS`, is damaged or cut off.
    """
    if not content:
        raise InputError("empty file; write it again")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            _check_size(*picture.size, min(largest, LARGEST_WEBP_PIXELS) if picture.format == "WEBP" else largest)
            ImageOps.exif_transpose(picture, in_place=True)  # otherwise it copies also what lies right
            return to_grey(picture)
    except InputError:
        raise
    except Image.DecompressionBombError:
        raise LargePictureError(f"more than {LARGEST_PIXELS:,} pixels; make it smaller") from None
    except UnidentifiedImageError:
        raise InputError("no picture that can be read; give PNG, JPEG, BMP, WebP, TIFF or GIF") from None
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise nearly anything on damaged bytes
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"damaged picture ({reason}); write it again") from None


def _check_size(width: int, height: int, largest: int) -> None:
    if width * height > largest:
        raise LargePictureError(f"{width:,} x {height:,} pixels, above {largest:,}; make it smaller")
