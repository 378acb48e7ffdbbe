"""Ways to break a picture file: some blind, some that know the format and so get further into its reader."""

import zlib
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Generator = np.random.Generator
Mutation = Callable[[bytes, Generator], bytes]
Choice = TypeVar("Choice")

_PNG = b"\x89PNG\r\n\x1a\n"
_SIZES = (0, 1, 2, 27, 255, 256, 4096, 6324, 32767, 32768, 65535, 65536, 10**6, 2**31 - 1, 2**31, 2**32 - 1)
"""What a width, a height, a length or an offset may say."""
_MOST_AT_ONCE = 4


def mutated(seeds: Sequence[bytes], generator: Generator) -> bytes:
    """Return one of the files, broken in one to four ways."""
    content = _one_of(seeds, generator)
    for _ in range(generator.integers(1, _MOST_AT_ONCE + 1)):
        if generator.random() < 0.15:
            content = splice(content, _one_of(seeds, generator), generator)
        else:
            mutation: Mutation = _one_of(MUTATIONS, generator)
            content = mutation(content, generator)
    return content


def flip_bits(content: bytes, generator: Generator) -> bytes:
    """Flip up to eight bits anywhere."""
    changed = bytearray(content)
    for _ in range(generator.integers(1, 9) if changed else 0):
        changed[generator.integers(len(changed))] ^= 1 << int(generator.integers(8))
    return bytes(changed)


def flip_head(content: bytes, generator: Generator) -> bytes:
    """Flip bits among the first hundred bytes, which say what the rest is."""
    return flip_bits(content[:100], generator) + content[100:]


def truncate(content: bytes, generator: Generator) -> bytes:
    """Cut the end off."""
    return content[: int(generator.integers(len(content) + 1))]


def drop(content: bytes, generator: Generator) -> bytes:
    """Take a part out."""
    start, end = _part(content, generator)
    return content[:start] + content[end:]


def repeat(content: bytes, generator: Generator) -> bytes:
    """Say a part twice."""
    start, end = _part(content, generator)
    return content[:end] + content[start:end] + content[end:]


def insert(content: bytes, generator: Generator) -> bytes:
    """Put noise in."""
    place = int(generator.integers(len(content) + 1))
    return content[:place] + generator.bytes(int(generator.integers(1, 65))) + content[place:]


def say_size(content: bytes, generator: Generator) -> bytes:
    """Write a remarkable number of two or four bytes, of either order, among the first hundred or anywhere."""
    width = int(_one_of((2, 4), generator))
    little = generator.random() < 0.5
    value: int = _one_of(_SIZES, generator) % 256**width
    reach = min(len(content), 100) if generator.random() < 0.7 else len(content)
    place = int(generator.integers(reach + 1))
    number = value.to_bytes(width, "little" if little else "big")
    return content[:place] + number + content[place + width :]


def splice(content: bytes, other: bytes, generator: Generator) -> bytes:
    """Begin as one file and go on as another."""
    end, start = int(generator.integers(len(content) + 1)), int(generator.integers(len(other) + 1))
    return content[:end] + other[start:]


def break_chunk(content: bytes, generator: Generator) -> bytes:
    """Drop, repeat, move or change a chunk of a PNG and make its checksum right again; elsewhere flip bits."""
    chunks = _chunks(content)
    if not chunks:
        return flip_bits(content, generator)
    place = int(generator.integers(len(chunks)))
    kind, body = chunks[place]
    what = int(generator.integers(5))
    if what == 0:
        del chunks[place]
    elif what == 1:
        chunks.insert(int(generator.integers(len(chunks) + 1)), (kind, body))
    elif what == 2:
        chunks.insert(place, (_one_of((b"tEXt", b"iCCP", b"tRNS", b"PLTE", b"acTL", b"eXIf"), generator), body[:300]))
    else:
        change = say_size if what == 3 else flip_bits
        chunks[place] = (kind, change(body, generator))
    return _PNG + b"".join(map(_chunk, chunks))


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits, flip_head, truncate, drop, repeat, insert, say_size, break_chunk,
)  # fmt: skip


def _one_of(choices: Sequence[Choice], generator: Generator) -> Choice:
    return choices[int(generator.integers(len(choices)))]


def _part(content: bytes, generator: Generator) -> tuple[int, int]:
    """Return a place and one up to 2,000 bytes behind it."""
    start = int(generator.integers(len(content) + 1))
    return start, start + int(generator.integers(2001))


def _chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    """Return kind and body of each chunk of a PNG, as far as it can be read."""
    chunks, place = [], len(_PNG)
    while content.startswith(_PNG) and place + 12 <= len(content):
        length = int.from_bytes(content[place : place + 4], "big")
        chunks.append((content[place + 4 : place + 8], content[place + 8 : place + 8 + length]))
        place += length + 12
    return chunks


def _chunk(chunk: tuple[bytes, bytes]) -> bytes:
    kind, body = chunk
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
