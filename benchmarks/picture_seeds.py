"""Whole picture files of every format and mode that the service reads, from which broken ones are made."""

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from src.data.writer.draw import draw_glyph

_SIDES = (28, 61, 200)
"""px."""
_LARGE = 900
"""px; above what the service reads at once."""
_WAYS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("PNG", "1", {}), ("PNG", "L", {}), ("PNG", "LA", {}), ("PNG", "P", {}), ("PNG", "RGB", {}), ("PNG", "RGBA", {}),
    ("PNG", "I;16", {}), ("JPEG", "L", {}), ("JPEG", "RGB", {"progressive": True}), ("JPEG", "CMYK", {}),
    ("BMP", "1", {}), ("BMP", "P", {}), ("BMP", "RGB", {}), ("BMP", "RGBA", {}),
    ("WEBP", "RGB", {}), ("WEBP", "RGBA", {"lossless": True}), ("GIF", "L", {}), ("GIF", "P", {"interlace": 1}),
    ("TIFF", "1", {"compression": "group4"}), ("TIFF", "L", {"compression": "tiff_lzw"}), ("TIFF", "RGB", {}),
    ("TIFF", "L", {"compression": "tiff_adobe_deflate"}), ("TIFF", "RGB", {"compression": "jpeg"}), ("TIFF", "F", {}),
    ("TIFF", "I;16", {}), ("TIFF", "CMYK", {"compression": "packbits"}),
)  # fmt: skip
"""Format, Pillow's mode, and how it is written."""
_SEVERAL = ("GIF", "WEBP", "TIFF", "PNG")
"""Formats that hold more than one picture."""


def picture_seeds() -> list[bytes]:
    """Return them, the same at each call."""
    drawing = Image.fromarray(np.asarray(draw_glyph("ж", True, np.random.default_rng(0)), np.uint8))
    files = [_file(drawing.resize((side, side)), *way) for side in _SIDES for way in _WAYS]
    large = drawing.resize((_LARGE, _LARGE))
    files += [_file(large, form, "L", {}) for form in ("PNG", "JPEG", "BMP", "WEBP", "GIF", "TIFF")]
    small = [drawing.resize((40, 40)).rotate(angle) for angle in (0, 90, 180)]
    files += [_file(small[0], form, "L", {"save_all": True, "append_images": small[1:]}) for form in _SEVERAL]
    return [*files, _turned(drawing)]


def _file(picture: Image.Image, form: str, mode: str, options: dict[str, Any]) -> bytes:
    stream = BytesIO()
    # Pillow converts to sixteen bits without stretching the greys.
    deep = Image.fromarray(np.asarray(picture, np.uint16) * 257) if mode == "I;16" else None
    (deep or picture.convert(mode)).save(stream, form, **options)
    return stream.getvalue()


def _turned(picture: Image.Image) -> bytes:
    """Return a JPEG that EXIF says lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return _file(picture, "JPEG", "L", {"exif": exif})
