"""What the service may rely on: only what the page's canvas gives is unpacked."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from src.common.errors import InputError
from src.data.corpora.given_drawing import GivenDrawing
from src.serving.routes.given import read_drawing
from src.serving.routes.page_drawing import MOST_BYTES, SIDE, check_drawing
from tests.given_drawings import data_url, sample
from tests.prediction.drawings import drawn, encoded

PICTURE = Image.fromarray(drawn())
NOISE = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 4), np.uint8)
DRAWINGS = {mode: encoded(PICTURE.convert(mode)) for mode in ("L", "LA", "RGB", "RGBA")}


def chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def put_in(png: bytes, *chunks: bytes) -> bytes:
    """Put chunks behind the head of a PNG."""
    return png[:33] + b"".join(chunks) + png[33:]


def with_head(png: bytes, at: int, value: bytes) -> bytes:
    """Change a PNG's head."""
    head = bytearray(png[16:29])
    head[at : at + len(value)] = value
    return png[:8] + chunk(b"IHDR", bytes(head)) + png[33:]


@pytest.mark.parametrize("mode", DRAWINGS)
def test_a_drawing_of_the_page_is_read(mode: str) -> None:
    check_drawing(DRAWINGS[mode])
    read = read_drawing(GivenDrawing.model_validate(sample(image=data_url(DRAWINGS[mode]))))
    assert np.array_equal(read, np.asarray(PICTURE))


def test_what_cannot_be_packed_and_a_profile_of_colours_are_read() -> None:
    stream = BytesIO()
    Image.fromarray(NOISE).save(stream, "PNG", icc_profile=bytes(3000), dpi=(72, 72))
    check_drawing(stream.getvalue())


def others() -> Iterator[tuple[str, bytes]]:
    """Yield what is no drawing of the page, by what it is."""
    png = DRAWINGS["L"]
    yield "nothing", b""
    yield "signature alone", png[:8]
    for form in ("JPEG", "GIF", "BMP", "TIFF", "WEBP"):
        yield form, encoded(PICTURE, form)
    yield "progressive", encoded(PICTURE, "JPEG", progressive=True)
    yield "empty scans", encoded(PICTURE, "JPEG", progressive=True)[:-2] + bytes.fromhex("FFDA0008010100013F00") * 5000
    yield "larger", encoded(PICTURE.resize((1000, 1000)))
    yield "smaller", encoded(PICTURE.resize((199, 200)))
    yield "20 million pixels", encoded(Image.new("1", (5000, 4000)))
    yield "a head that lies", with_head(png, 0, struct.pack(">II", 2**31 - 1, 2**31 - 1))
    yield "16 bits", encoded(Image.new("I;16", (SIDE, SIDE)))
    yield "1 bit", encoded(PICTURE.convert("1"))
    yield "palette", encoded(PICTURE.convert("P"))
    yield "interlaced", with_head(png, 12, b"\1")
    yield "two heads", put_in(png, png[8:33])
    yield "palette beside", put_in(png, chunk(b"PLTE", bytes(768)))
    yield "unknown and needed", put_in(png, chunk(b"ABCD"))
    yield "many chunks", put_in(png, *[chunk(b"teXt")] * 10_000)
    yield "a long text", put_in(png, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(30_000_000))))
    yield "frames", put_in(png, chunk(b"acTL", struct.pack(">II", 2, 0)), chunk(b"fdAT", bytes(30_000)))
    yield "behind the end", png + b"\0"
    yield "cut off", png[:-20]
    yield "a size beyond the end", png[:33] + struct.pack(">I", 2**31) + png[37:]
    yield "no end", png[:-12]
    yield "too long", png[:-12] + chunk(b"IDAT", bytes(MOST_BYTES)) + png[-12:]


@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in others()])
def test_anything_else_is_refused_before_it_is_unpacked(content: bytes) -> None:
    with pytest.raises(InputError):
        check_drawing(content)


def test_damaged_pixels_are_refused() -> None:
    png = DRAWINGS["L"]
    for damaged in (png[:60] + bytes(20) + png[80:], png[:33] + chunk(b"IDAT", zlib.compress(b"short")) + png[-12:]):
        with pytest.raises(InputError):
            read_drawing(GivenDrawing.model_validate(sample(image=data_url(damaged))))


def test_a_text_that_unpacks_to_much_costs_little() -> None:
    packed = zlib.compress(bytes(12_000_000))
    assert len(packed) < 15_000
    content = put_in(DRAWINGS["L"], chunk(b"zTXt", b"a\0\0" + packed))
    check_drawing(content)
    assert len(zlib.decompress(packed)) > PngImagePlugin.MAX_TEXT_CHUNK
    with pytest.raises(InputError):
        read_drawing(GivenDrawing.model_validate(sample(image=data_url(content))))
