"""Bodies that are small to send and dear to read: each kind repeats, nests or exaggerates what its format allows."""

import struct
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.random import Generator
from PIL import Image

Maker = Callable[[Generator], bytes]
MOST = 9_900_000
"""Bytes; the service takes 10 million."""
BOUNDARY = "edge"
_SIDES = (100, 400, 700, 1000, 1400)
_LARGE = (3000, 4472, 6320)
"""px; the last is near what the service reads at most."""
_LARGE_SHARE = 0.03
_EMPTY_SCAN = bytes.fromhex("ffda0008010100013f00")


def _side(generator: Generator) -> int:
    return int(generator.choice(_LARGE if generator.random() < _LARGE_SHARE else _SIDES))


def _many(generator: Generator, size: int) -> int:
    """Return how often something of so many bytes is said: seldom as often as a body holds it."""
    return int(10 ** generator.uniform(1, np.log10(MOST / size) if generator.random() < 0.1 else 4))


@cache
def _whole(form: str, mode: str, side: int, options: tuple[tuple[str, Any], ...] = (), fill: str = "lines") -> bytes:
    grey = np.full((side, side), 255, np.uint8)
    if fill == "lines":
        grey[10:-10:3, 10:-10] = 0
    else:
        grey[1:-1, 1:-1] = 0
    if mode in {"I;16", "I", "F"}:
        kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
        picture = Image.fromarray((grey.astype(np.float64) * (1 if mode == "F" else 257)).astype(kind))
    elif mode == "LAB":
        picture = Image.merge("LAB", [Image.fromarray(grey)] * 3)
    else:
        picture = Image.fromarray(grey).convert(mode)
    stream = BytesIO()
    picture.save(stream, form, **dict(options))
    return stream.getvalue()


def scans(generator: Generator) -> bytes:
    """Return a progressive JPEG with scans that say nothing, each of which goes over the whole picture."""
    content = _whole("JPEG", "L", _side(generator), (("progressive", True),))
    return content[:-2] + _EMPTY_SCAN * _many(generator, len(_EMPTY_SCAN)) + content[-2:]


def segments(generator: Generator) -> bytes:
    """Return a JPEG with very many segments, or none but the bytes that may fill the room before one."""
    content = _whole("JPEG", "RGB", _side(generator))
    ones = (b"\xff\xe1\x00\x04ab", b"\xff\xfe\x00\x02", b"\xff", b"\xff\xdb\x00\x43\x00" + bytes(64))
    one = ones[generator.integers(len(ones))]
    return content[:2] + one * _many(generator, len(one)) + content[2:]


def chunks(generator: Generator) -> bytes:
    """Return a PNG with very many chunks, or texts that unpack to a thousand times their bytes."""
    content = _whole("PNG", str(generator.choice(["L", "RGBA"])), _side(generator))
    packed = zlib.compress(bytes(900_000), 9)
    kinds = ((b"IDAT", b""), (b"tEXt", b"a\0b"), (b"zTXt", b"a\0\0" + packed), (b"iCCP", b"a\0\0" + packed),
             (b"iTXt", b"a\0\1\0\0\0" + packed), (b"abCd", b""), (b"fcTL", bytes(26)), (b"eXIf", b"II*\0" + bytes(60)),
             (b"PLTE", bytes(768)), (b"tRNS", bytes(200)))  # fmt: skip
    one = _chunk(*kinds[generator.integers(len(kinds))])
    place = 33 if generator.random() < 0.7 else len(content) - 12
    return content[:place] + one * _many(generator, len(one)) + content[place:]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def frames(generator: Generator) -> bytes:
    """Return a GIF, WebP, PNG or TIFF of many frames, or a GIF with many blocks that are no frames."""
    form = str(generator.choice(["GIF", "WEBP", "PNG", "TIFF", "blocks"]))
    if form == "blocks":
        content = _whole("GIF", "P", _side(generator))
        block = b"!\xfe" + b"\x01a" * int(generator.integers(1, 200)) + b"\0"
        return content[:-1] + block * _many(generator, len(block)) + b";"
    return _animated(form, int(generator.choice((20, 300, 900))), int(generator.choice((2, 20, 60))))


@cache
def _animated(form: str, side: int, count: int) -> bytes:
    pictures = [Image.new("RGB", (side, side), (n, 255 - n, n)) for n in range(count)]
    stream = BytesIO()
    pictures[0].save(stream, form, save_all=True, append_images=pictures[1:])
    return stream.getvalue()


def strips(generator: Generator) -> bytes:
    """Return a TIFF whose table tells of very many strips, pages or fields."""
    width, rows = int(generator.choice((1, 64, 1000))), int(min(generator.choice(_SIDES) ** 2, 200_000))
    count = min(rows, _many(generator, 8))
    bits, compression = int(generator.choice((1, 8, 16, 32))), int(generator.choice((1, 5, 8, 32773)))
    fields = [(256, 4, 1, width), (257, 4, 1, rows), (258, 3, 1, bits), (259, 3, 1, compression), (262, 3, 1, 1)]
    start = 8 + 2 + 12 * 9 + 4
    fields += [(273, 4, count, start), (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, count, start + 4 * count)]
    table = b"".join(struct.pack("<HHII", *field) for field in fields)
    again = 8 if generator.random() < 0.3 else 0  # the next page is this one
    return (struct.pack("<2sHIH", b"II", 42, 8, len(fields)) + table + again.to_bytes(4, "little")
            + (start + 8 * count).to_bytes(4, "little") * count + width.to_bytes(4, "little") * count
            + bytes(width * 4))  # fmt: skip


def modes(generator: Generator) -> bytes:
    """Return a whole picture of some mode, format and size, filled with what is dear to normalise."""
    ways: tuple[tuple[str, str, tuple[tuple[str, Any], ...]], ...] = (
        ("PNG", "1", ()), ("PNG", "I;16", ()), ("PNG", "RGBA", ()), ("PNG", "LA", ()), ("PNG", "RGB", ()),
        ("JPEG", "CMYK", ()), ("JPEG", "RGB", (("progressive", True),)), ("BMP", "1", ()), ("BMP", "P", ()),
        ("WEBP", "RGB", (("method", 0),)), ("WEBP", "RGBA", (("lossless", True), ("method", 0))),
        ("TIFF", "F", (("compression", "tiff_lzw"),)), ("TIFF", "I", (("compression", "tiff_adobe_deflate"),)),
        ("TIFF", "I;16", (("compression", "packbits"),)), ("TIFF", "CMYK", (("compression", "tiff_lzw"),)),
        ("TIFF", "LAB", (("compression", "tiff_lzw"),)), ("TIFF", "RGB", (("compression", "jpeg"),)),
        ("GIF", "L", ()),
    )  # fmt: skip
    form, mode, options = ways[generator.integers(len(ways))]
    content = _whole(form, mode, _side(generator), options, str(generator.choice(["lines", "full"])))
    return content if len(content) < MOST else content[:MOST]


def palettes(generator: Generator) -> bytes:
    """Return a picture of palette indices, each with a transparency of its own."""
    transparency = (("transparency", int(generator.integers(256))),)
    return _whole(str(generator.choice(["PNG", "GIF"])), "P", _side(generator), transparency)


def sizes(generator: Generator) -> bytes:
    """Return a picture that says another size than it has, or a line of it."""
    content = bytearray(_whole("PNG", "L", int(generator.choice(_SIDES))))
    width, height = (int(10 ** generator.uniform(0, 5)) for _ in range(2))
    content[16:24] = struct.pack(">II", width, height)
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


def lines(generator: Generator) -> bytes:
    """Return a picture far longer than wide."""
    width, height = int(10 ** generator.uniform(3, 4.7)), int(generator.integers(1, 30))
    grey = np.full((height, width), 255, np.uint8)
    grey[height // 2] = 0
    stream = BytesIO()
    Image.fromarray(grey if generator.random() < 0.5 else grey.T).save(stream, "PNG")
    return stream.getvalue()


def texts(generator: Generator) -> bytes:
    """Return no picture: what a reader looks for a beginning in."""
    one = (
        b"\xff",
        b"\xff\xd8\xff",
        b"\0",
        b"{",
        b"[" * 8,
        b"GIF89a",
        b"RIFF\xff\xff\xff\x7fWEBPVP8X",
        b"BM",
        b"II*\0",
    )[generator.integers(9)]
    return one * _many(generator, len(one))


def forms(generator: Generator) -> bytes:
    """Return a multipart form of many parts, fields or lines."""
    edge = b"--" + BOUNDARY.encode() + b"\r\n"
    head = b'Content-Disposition: form-data; name="a"'
    kinds = (edge + head + b"\r\n\r\nb\r\n", edge + head + b'; filename="b"\r\n\r\n\r\n', b"\r\n", b"\r\n-", b"\r\n--x",
             b"a: b\r\n")  # fmt: skip
    one = kinds[generator.integers(len(kinds))]
    start = b"" if one.startswith(edge) else edge + head + (b"\r\n" if one == kinds[-1] else b'; filename="b"\r\n\r\n')
    return start + one * _many(generator, len(one)) + b"\r\n--" + BOUNDARY.encode() + b"--\r\n"


KINDS: Mapping[str, Maker] = {
    maker.__name__: maker
    for maker in (scans, segments, chunks, frames, strips, modes, palettes, sizes, lines, texts, forms)
}


def crafted_body(number: int) -> tuple[str, bytes]:
    """Return kind and content of the body of a number, the same at each call."""
    generator = np.random.default_rng(number)
    kind = list(KINDS)[number % len(KINDS)]
    return kind, KINDS[kind](generator)[:MOST]
