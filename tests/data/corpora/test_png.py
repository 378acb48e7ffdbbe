import io

import numpy as np
import pytest
from PIL import Image

from src.data.corpora.png import decode_png


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize("mode", ["L", "RGB", "1"])
def test_a_picture_of_any_mode_becomes_grey(mode: str) -> None:
    picture = Image.new("L", (3, 2), 255)
    picture.putpixel((2, 1), 0)
    grey = decode_png(_png(picture.convert(mode)))
    assert grey is not None
    assert grey.tolist() == [[255, 255, 255], [255, 255, 0]]
    assert grey.dtype == np.uint8


@pytest.mark.parametrize("content", [b"", b"no picture", _png(Image.new("L", (8, 8)))[:20]])
def test_what_is_no_picture_is_none(content: bytes) -> None:
    assert decode_png(content) is None
