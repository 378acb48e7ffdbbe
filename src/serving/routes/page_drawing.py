"""Whether bytes are a drawing as the page makes them, told before anything is unpacked, so that it costs little."""

import struct
from collections.abc import Iterator

from src.common.errors import InputError

SIDE = 200
"""Of the page's drawings, px (page/ink.js)."""
MOST_BYTES = 200_000
"""Of such a PNG: its pixels take 160,000 where nothing can be packed."""
_MOST_CHUNKS, _MOST_BESIDE = 64, 20_000
"""Chunks, and bytes of those that hold no pixels: a browser may add a profile of colours."""
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">IIBBBBB")
_DEPTH = 8
_COLOURS = {0, 2, 4, 6}
"""Grey and RGB, with alpha or without."""
_NEEDED = {b"IHDR", b"IDAT", b"IEND"}
_ANCILLARY = 0x20
"""Bit of a chunk's first letter: it may be passed over."""


def check_drawing(content: bytes) -> None:
    """Make sure that a drawing is a PNG as the page's canvas gives it, without unpacking it.

    Raises:
        InputError: It is none, or another picture.
    """
    if len(content) > MOST_BYTES:
        raise InputError(f"{len(content):,} bytes, and a drawing of the page has {MOST_BYTES:,} at most")
    if not content.startswith(_SIGNATURE):
        raise InputError("no PNG, as the page sends it")
    chunks = list(_chunks(content))
    if [name for name, _ in chunks[:1]] != [b"IHDR"] or [name for name, _ in chunks].count(b"IHDR") != 1:
        raise InputError("a PNG without one head; send the drawing as the page does")
    _check_head(chunks[0][1])
    if any(name not in _NEEDED and not name[0] & _ANCILLARY for name, _ in chunks):
        raise InputError("a PNG with a palette or a chunk that is unknown; send the drawing as the page does")
    if sum(len(data) for name, data in chunks if name not in _NEEDED) > _MOST_BESIDE:
        raise InputError(f"more than {_MOST_BESIDE:,} bytes beside the pixels; send the drawing as the page does")


def _check_head(head: bytes) -> None:
    if len(head) != _HEAD.size:
        raise InputError("a PNG whose head is damaged")
    width, height, depth, colour, _, _, interlaced = _HEAD.unpack(head)
    if (width, height) != (SIDE, SIDE):
        raise InputError(f"{width:,} x {height:,} pixels, and a drawing of the page has {SIDE} x {SIDE}")
    if depth != _DEPTH or colour not in _COLOURS or interlaced:
        raise InputError("not 8 bits of grey or RGB, or interlaced; send the drawing as the page does")


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and data of each chunk up to the end of the file, which IEND must be."""
    place = len(_SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        if len(content) < place + 12:
            raise InputError("a PNG that is cut off")
        (size,) = struct.unpack_from(">I", content, place)
        name, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        place += 12 + size
        yield name, data
        if name == b"IEND":
            if place != len(content):
                raise InputError("a PNG with something behind its end, or cut off")
            return
    raise InputError(f"a PNG of more than {_MOST_CHUNKS} chunks; send the drawing as the page does")
