"""That TIFFs are read whose numbers Pillow turns, cuts or takes for negative ones."""

import struct
import zlib
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pytest
from numpy.typing import NDArray

from src.features.decoding.picture_file import decode_picture
from tests.features.pictures import draw

GREY = np.asarray(draw("З", side=120))


_Tags = dict[int, Sequence[int]]
Order = Literal["<", ">"]


def _tiff(values: NDArray[Any], *, order: Order, signs: int, planes: int = 1, packed: bool = False) -> bytes:
    """Return a TIFF of (height, width, channels) numbers in one strip a plane."""
    height, width, channels = values.shape
    planar = [values] if planes == 1 else [values[..., band] for band in range(channels)]
    strips = [each.astype(values.dtype.newbyteorder(order)).tobytes() for each in planar]
    strips = [zlib.compress(strip) for strip in strips] if packed else strips
    starts = np.cumsum([8, *map(len, strips)])
    bits = [values.dtype.itemsize * 8] * channels
    tags: _Tags = {256: [width], 257: [height], 258: bits, 259: [8 if packed else 1], 262: [2 if channels > 1 else 1],
            273: starts[:-1].tolist(), 277: [channels], 278: [height], 279: [*map(len, strips)], 284: [planes],
            339: [signs] * channels}  # fmt: skip
    place, entries, beside = int(starts[-1]) + 2 + 12 * len(tags) + 4, b"", b""
    for tag, numbers in tags.items():
        said = struct.pack(f"{order}{len(numbers)}I", *numbers)
        value = said if len(said) == 4 else struct.pack(f"{order}I", place + len(beside))
        beside += said if len(said) > 4 else b""
        entries += struct.pack(f"{order}HHI", tag, 4, len(numbers)) + value
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, int(starts[-1]))
    return head + b"".join(strips) + struct.pack(f"{order}H", len(tags)) + entries + bytes(4) + beside


def _error(content: bytes) -> int:
    return int(np.abs(decode_picture(content).astype(int) - GREY).max())


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("values", "signs"),
    [
        (np.round(GREY / 255 * 4095).astype(np.int16), 2),
        ((GREY * 8_000_000.0).astype(np.int32), 2),
        ((GREY / 255).astype(np.float32), 3),
        ((GREY - 128.0).astype(np.int8), 2),
    ],
    ids=["16 bits with a sign", "32 bits with a sign", "floats", "8 bits with a sign"],
)
def test_numbers_are_read_in_either_order_of_bytes_packed_or_not(
    values: NDArray[Any], signs: int, order: Order, packed: bool
) -> None:
    assert _error(_tiff(values[..., None], order=order, signs=signs, packed=packed)) <= 1


@pytest.mark.parametrize("packed", [False, True])
def test_32_bits_without_a_sign_are_not_taken_for_negative_ones(packed: bool) -> None:
    values = GREY[..., None].astype(np.uint32) * np.uint32(0x01010101)
    assert _error(_tiff(values, order="<", signs=1, packed=packed)) <= 1


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("white", [1023, 65535])
def test_planes_of_16_bits_are_read(channels: int, order: Order, white: int) -> None:
    values = np.dstack([np.round(GREY / 255 * white).astype(np.uint16)] * channels)
    assert _error(_tiff(values, order=order, signs=1, planes=2)) <= 1
