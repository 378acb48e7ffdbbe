"""Pictures that cost more to read than an honest one of their bytes, and one that does not."""

import struct
import zlib

import numpy as np
from PIL import Image

from src.serving.reading.cost import Wanted
from tests.prediction.drawings import drawn, encoded

PICTURE = encoded(drawn("ж"))
SIDE = 28
LARGEST = 40_000_000


def wanted(content: bytes, largest: int = LARGEST) -> Wanted:
    """Return what is to be read."""
    return Wanted(content, SIDE, largest)


def scans(side: int, count: int) -> bytes:
    """Return a progressive JPEG with scans that say nothing; each goes over the whole picture."""
    content = encoded(np.full((side, side), 255, np.uint8), "JPEG", progressive=True)
    return content[:-2] + bytes.fromhex("ffda0008010100013f00") * count + content[-2:]


def chunks(count: int) -> bytes:
    """Return a PNG with texts that unpack to a thousand times their bytes."""
    body = b"a\0\0" + zlib.compress(bytes(900_000), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    return PICTURE[:33] + chunk * count + PICTURE[33:]


def large(side: int, mode: str = "L") -> bytes:
    """Return a large picture."""
    grey = np.full((side, side), 255, np.uint8)
    grey[side // 4 : -side // 4, side // 2 - side // 20 : side // 2 + side // 20] = 0
    deep = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(grey).convert(mode)
    return encoded(deep, "PNG", compress_level=1)


def said_to_be(side: int) -> bytes:
    """Return a PNG whose head says so of its sides."""
    head = b"IHDR" + struct.pack(">II", side, side) + PICTURE[24:29]
    return PICTURE[:12] + head + struct.pack(">I", zlib.crc32(head)) + PICTURE[33:]
