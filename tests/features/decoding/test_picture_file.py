"""What a user may rely on: any picture of a known format is read, and any other bytes are refused in one line."""

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from src.common.errors import InputError
from src.features.decoding.picture_file import LARGEST_PIXELS, decode_frame, decode_picture
from tests.prediction.drawings import drawn, encoded

PICTURE = Image.fromarray(drawn())
_TURNED = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""EXIF's orientation, and how the pixels lie in the file."""


def _bomb(side: int) -> bytes:
    """Return a PNG of 1 bit a pixel that is small as a file and large when unpacked."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = zlib.compress(bytes(((side + 7) // 8 + 1) * side), 9)
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF"])
@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1", "RGBA", "LA", "CMYK", "I;16"])
def test_every_format_gives_the_same_picture_in_every_mode_it_has(form: str, mode: str) -> None:
    if mode == "I;16":
        picture = Image.fromarray(drawn().astype(np.uint16) * 257)
    else:
        picture = PICTURE.convert("RGB").convert(mode)
    try:
        content = encoded(picture, form)
    except (OSError, ValueError):  # the format has no such mode
        return
    read = decode_picture(content)
    assert read.shape == (200, 200)
    assert read.dtype == np.uint8
    assert float(np.abs(read.astype(float) - drawn()).mean()) < 6


@pytest.mark.parametrize("orientation", list(_TURNED))
def test_a_photograph_that_lies_on_its_side_is_set_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turn = _TURNED[orientation]
    lying = PICTURE if turn is None else PICTURE.transpose(turn)
    read = decode_picture(encoded(lying, "JPEG", exif=exif, quality=95))
    assert float(np.abs(read.astype(float) - drawn()).mean()) < 4


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    content = _bomb(40_000)
    assert len(content) < 1_000_000
    with pytest.raises(InputError, match=r"pixels"):
        decode_picture(content)


def test_the_largest_picture_that_is_allowed_is_read() -> None:
    side = int(LARGEST_PIXELS**0.5)
    assert decode_picture(_bomb(side)).shape == (side, side)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"a text", "no picture"),
        (encoded(PICTURE)[:200], "damaged"),
        (b"%PDF-1.7\n", "no picture"),
        (b"II*\0" + bytes(99), "TIFF of a kind"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason_of_one_line(content: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        decode_picture(content)
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=300)
@given(form=st.sampled_from(["PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF"]), data=st.data())
def test_damaged_bytes_give_a_picture_or_one_kind_of_error(form: str, data: st.DataObject) -> None:
    content = bytearray(encoded(PICTURE.resize((40, 40)), form))
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    try:
        read = decode_picture(bytes(content))
    except InputError:
        return
    assert read.ndim == 2


@pytest.mark.parametrize("form", ["TIFF", "GIF", "WEBP", "PNG"])
def test_more_pages_or_frames_than_the_first_are_told(form: str) -> None:
    other = Image.fromarray(255 - drawn())
    several = decode_frame(encoded(PICTURE, form, save_all=True, append_images=[other]))
    one = decode_frame(encoded(PICTURE, form))
    assert (several.has_more, one.has_more) == (True, False)
    assert float(np.abs(several.pixels.astype(float) - one.pixels).mean()) < 1


def test_the_previews_beside_a_telephones_photograph_are_no_more_frames() -> None:
    content = encoded(PICTURE.convert("RGB"), "MPO", save_all=True, append_images=[PICTURE.convert("RGB")])
    assert decode_frame(content).has_more is False


@pytest.mark.parametrize("form", ["TIFF", "GIF", "WEBP", "PNG"])
def test_a_first_frame_is_read_whatever_comes_after_it(form: str) -> None:
    content = encoded(PICTURE, form, save_all=True, append_images=[Image.fromarray(255 - drawn())])
    first = len(encoded(PICTURE, form))
    if form == "WEBP":  # says at its head how long it is
        return
    read = decode_frame(content[: first + 40])
    assert float(np.abs(read.pixels.astype(float) - drawn()).mean()) < 6


def test_zeros_for_transparency_in_a_bmp_hide_nothing() -> None:
    height, width = drawn().shape
    pixels = np.dstack([drawn()] * 3 + [np.zeros_like(drawn())])[::-1].tobytes()
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    head = struct.pack("<IiiHHIIiiII", 108, width, height, 1, 32, 3, len(pixels), 0, 0, 0, 0)
    head += struct.pack("<4I", *masks) + bytes(52)
    content = b"BM" + struct.pack("<IHHI", 14 + len(head) + len(pixels), 0, 0, 14 + len(head)) + head + pixels
    assert np.array_equal(decode_picture(content), drawn())


@pytest.mark.parametrize("inverted", [False, True])
def test_what_a_gifs_first_frame_leaves_of_its_canvas_is_paper(inverted: bool) -> None:
    picture = np.asarray(255 - drawn() if inverted else drawn())
    content = bytearray(encoded(Image.fromarray(picture).quantize(256), "GIF"))
    height, width = picture.shape
    content[6:10] = struct.pack("<HH", width + 40, height + 30)
    frame = content.index(struct.pack("<BHHHH", 0x2C, 0, 0, width, height))
    content[frame + 1 : frame + 5] = struct.pack("<HH", 15, 10)
    grey = decode_picture(bytes(content))
    assert np.array_equal(grey[10 : height + 10, 15 : width + 15], picture)
    assert np.ptp(np.concatenate([grey[:10].ravel(), grey[:, :15].ravel(), [grey[-1, -1], picture[0, 0]]])) <= 1
