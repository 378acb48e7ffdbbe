"""That files of 8 to 14 bits in sixteen are read, in colours too, and that what a file says of its bits counts."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from src.features.decoding.picture_file import decode_picture
from tests.features.pictures import Grey, draw
from tests.prediction.drawings import encoded

Deep = NDArray[np.uint16]
GREY = np.asarray(draw("З", side=120))
_COLOUR_TYPES = {1: 0, 3: 2, 2: 4, 4: 6}
"""PNG's, by the number of channels."""


def _deep(bits: int, channels: int = 1, grey: Grey = GREY) -> Deep:
    """Return a drawing whose white is that of so many bits; the last of two or four channels is opaque."""
    values = np.round(grey / 255 * (2**bits - 1)).astype(np.uint16)
    bands = [values] * channels
    if channels in {2, 4}:
        bands[-1] = np.full_like(values, 2**bits - 1)
    return np.dstack(bands)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(values: Deep, *before: bytes) -> bytes:
    height, width, channels = values.shape
    head = struct.pack(">IIBBBBB", width, height, 16, _COLOUR_TYPES[channels], 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    body = [_chunk(b"IHDR", head), *before, _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def _tiff(values: Deep, order: str = "<", orientation: int = 1, photometric: int = 2, **said: int) -> bytes:
    """Return a TIFF without compression, little-endian or big-endian, with tags of one short by their numbers."""
    height, width, channels = values.shape
    body = values.astype(f"{order}u2").tobytes()
    tags = {256: width, 257: height, 258: 16, 259: 1, 262: photometric if channels > 1 else 1, 273: 8,
            274: orientation, 277: channels, 278: height, 279: len(body)}  # fmt: skip
    tags |= {int(name.removeprefix("tag")): value for name, value in said.items()}
    after = 8 + len(body) + 2 + 12 * len(tags) + 4
    entries = b""
    for tag, value in sorted(tags.items()):
        if tag == 258 and channels > 1:
            entries += struct.pack(f"{order}HHII", tag, 3, channels, after)
        else:
            entries += struct.pack(f"{order}HHII", tag, 4, 1, value)
    depths = struct.pack(f"{order}{channels}H", *[16] * channels)
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8 + len(body))
    return head + body + struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + depths


def _error(content: bytes, grey: Grey = GREY) -> int:
    """Return by how much at most a file is read otherwise than the drawing in it, in greys."""
    return int(np.abs(decode_picture(content).astype(int) - grey).max())


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_a_png_of_sixteen_bits_is_read_whatever_bits_are_in_them(bits: int, channels: int) -> None:
    assert _error(_png(_deep(bits, channels))) <= 1


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("order", ["<", ">"])
def test_a_tiff_of_sixteen_bits_is_read_whatever_bits_are_in_them(bits: int, channels: int, order: str) -> None:
    assert _error(_tiff(_deep(bits, channels), order)) <= 1


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_what_opencv_writes_of_ten_bits_is_read(suffix: str, channels: int) -> None:
    _, content = cv2.imencode(suffix, _deep(10, channels))
    assert _error(content.tobytes()) <= 1


def test_inks_of_ten_bits_are_read() -> None:
    inks = np.dstack([np.zeros_like(GREY, np.uint16)] * 3 + [_deep(10, grey=255 - GREY)[..., 0]])
    assert _error(_tiff(inks, photometric=5)) <= 2


def test_twelve_packed_bits_are_read() -> None:
    values = _deep(12)[..., 0].ravel()
    first, second = values[::2], values[1::2]
    packed = np.stack([first >> 4, (first & 15) << 4 | second >> 8, second & 255], axis=1).astype(np.uint8).tobytes()
    body = np.frombuffer(packed, "<u2").reshape(-1, 120, 1)
    assert _error(_tiff(body, tag257=120, tag278=120, tag258=12)) <= 1


@pytest.mark.parametrize("channels", [2, 4])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_ink_that_only_its_transparency_tells_is_read_whatever_bits_are_in_them(bits: int, channels: int) -> None:
    values = np.dstack([np.zeros_like(GREY, np.uint16)] * (channels - 1) + [_deep(bits, grey=255 - GREY)[..., 0]])
    assert _error(_png(values)) <= 1


def test_a_faint_drawing_of_ten_bits_in_colours_keeps_what_pillow_cuts_off() -> None:
    faint = np.asarray(200 + GREY // 5, np.uint8)
    assert _error(_png(_deep(10, 3, faint)), faint) <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_ten_bits_are_set_upright_as_eight_are(orientation: int) -> None:
    turned = Image.fromarray(np.dstack([GREY] * 3))
    upright = decode_picture(encoded(turned, "TIFF", tiffinfo={274: orientation}))
    exif = Image.Exif()
    exif[274] = orientation
    lying = _chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0"))
    for content in (_tiff(_deep(10, 3), orientation=orientation), _png(_deep(10, 3), lying)):
        assert _error(content, upright) <= 1


@pytest.mark.parametrize("channels", [1, 3])
def test_what_the_file_says_of_its_bits_counts(channels: int) -> None:
    dark = _deep(16, channels, np.asarray(GREY // 85, np.uint8)) // 257 * 250  # 0, 250, 500 and 750
    brightest = {
        said: decode_picture(_png(dark, _chunk(b"sBIT", bytes([said] * channels)))).max() for said in (10, 12, 16)
    }
    assert brightest == {10: 186, 12: 46, 16: 2}
    assert decode_picture(_png(dark)).max() == 186
    assert [decode_picture(_tiff(dark, tag281=said)).max() for said in (700, 4095, 65535)] == [186, 46, 186]


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_dark_picture_of_true_sixteen_bits_is_not_brightened(channels: int) -> None:
    dark = np.asarray(GREY // 20, np.uint8)
    assert np.array_equal(decode_picture(_png(_deep(16, channels, dark))), dark)


def test_a_mad_tag_is_no_hindrance() -> None:
    picture = Image.fromarray(_deep(10)[..., 0])
    for kind, value in ((3, 0), (3, 3), (3, (1, 2, 3)), (4, 2**32 - 1), (2, "text"), (12, 0.5), (7, b"\xff" * 9)):
        tags = TiffImagePlugin.ImageFileDirectory_v2()
        tags.tagtype[281] = kind
        tags[281] = value
        assert _error(encoded(picture, "TIFF", tiffinfo=tags)) <= 1
    for body in (b"", b"\0", b"\xff" * 4):
        decode_picture(_png(_deep(10), _chunk(b"sBIT", body)))
