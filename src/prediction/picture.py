"""The bytes of a picture file as a grey picture, whatever the bytes are."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from src.errors import InputError
from src.features.grey import Grey, to_grey

FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF")
"""Pillow's names of what is read."""
LARGEST_PIXELS = 40_000_000
"""More are refused before they are unpacked: a small file can hold gigabytes."""


def decode_picture(content: bytes) -> Grey:
    """Return the first frame of a picture as (height, width) uint8, upright as EXIF says it was taken.

    Raises:
        InputError: It is no picture of `FORMATS`, is damaged or cut off, or has more than `LARGEST_PIXELS`.
    """
    if not content:
        raise InputError("empty file; write it again")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            _check_size(*picture.size)
            return to_grey(ImageOps.exif_transpose(picture))
    except InputError:
        raise
    except Image.DecompressionBombError:
        raise InputError(f"more than {LARGEST_PIXELS:,} pixels; make it smaller") from None
    except UnidentifiedImageError:
        raise InputError("no picture that can be read; give PNG, JPEG, BMP, WebP, TIFF or GIF") from None
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise nearly anything on damaged bytes
        reason = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"damaged picture ({reason}); write it again") from None


def _check_size(width: int, height: int) -> None:
    if width * height > LARGEST_PIXELS:
        raise InputError(f"{width:,} x {height:,} pixels, above {LARGEST_PIXELS:,}; make it smaller")
