"""Pictures for the tests of src/prediction: letters by our own stroke writer, as files of many kinds."""

from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from src.data.writer.draw import draw_glyph
from src.features.picture.grey import Grey


def drawn(label: str = "ж", *, is_uppercase: bool = False, seed: int = 0) -> Grey:
    """Return a drawn letter, black on white, 200 x 200."""
    return np.asarray(draw_glyph(label, is_uppercase, np.random.default_rng(seed)), np.uint8)


def encoded(picture: Image.Image | Grey, form: str = "PNG", **options: Any) -> bytes:  # noqa: ANN401 - Pillow's
    """Return a picture as the bytes of a file."""
    stream = BytesIO()
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(stream, form, **options)
    return stream.getvalue()


def save(path: Path, content: bytes | None = None) -> Path:
    """Write a picture's file, a drawn letter by default, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(drawn()) if content is None else content)
    return path
