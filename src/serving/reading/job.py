"""What the service and its reading processes say to each other."""

import json
import struct
from io import BufferedIOBase
from typing import Literal, NamedTuple

NUMBER = 4
"""Bytes of each number that the service and the template of its processes exchange."""
_LENGTHS = struct.Struct("!II")
"""Before each message: bytes of its JSON, and of what follows that."""
_MOST_TOLD = 10_000
_MOST_IMAGE = 1_000_000
"""Bytes; a process that says more has been taken over by what it read."""

Refusal = Literal["picture", "large", "later", "cost", "form", "files", "bug"]
"""Why a picture is not read: it is none; it is too large; it is larger than this process has room for; it takes more
than its size promises; the form is none; it has not one file; there is a fault of ours."""


class Job(NamedTuple):
    """How a picture is to be read.

    form: Content type of the form that the content is, with its boundary; empty where it is the picture itself.
    side: Of the network's picture, px.
    largest: A picture of more pixels is refused.
    room: One of more than so many is put off.
    seconds: Of the processor; a process that needs more ends.
    memory: Bytes that a process may take for this picture.
    nice: How much the process gives way to others; only for one that has no other job after it.
    """

    form: str
    side: int
    largest: int
    room: int
    seconds: float
    memory: int
    nice: int = 0


class Reply(NamedTuple):
    """What came of a picture.

    refusal: Why it was not read; None where it was.
    detail: The same in words.
    pixels: Of one that is put off: as many as cost what it costs.
    relative_height, height_by_pen: Of the `Glyph`.
    more_frames: Whether the file has more pages or frames than the first, which was read.
    image: Its pixels, row by row.
    """

    refusal: Refusal | None = None
    detail: str = ""
    pixels: int = 0
    relative_height: float | None = None
    height_by_pen: float | None = None
    more_frames: bool = False
    image: bytes = b""


def job_head(job: Job, content: bytes) -> bytes:
    """Return what is sent before the content."""
    told = json.dumps(job).encode()
    return _LENGTHS.pack(len(told), len(content)) + told


def receive_job(stream: BufferedIOBase) -> tuple[Job, bytes] | None:
    """Wait for a job and its content; None where the service has gone."""
    head = stream.read(_LENGTHS.size)
    if len(head) < _LENGTHS.size:
        return None
    told, content = _LENGTHS.unpack(head)
    return Job(*json.loads(stream.read(told))), stream.read(content)


def reply_message(reply: Reply) -> bytes:
    """Return a reply as it is sent."""
    told = json.dumps(reply._replace(image=b"")._asdict() | {"image": None}).encode()
    return _LENGTHS.pack(len(told), len(reply.image)) + told + reply.image


def parse_reply(message: bytearray) -> Reply | None:
    """Return the reply in what has come so far, None where it is not whole yet.

    Raises:
        ValueError: It is none.
    """
    if len(message) < _LENGTHS.size:
        return None
    told, image = _LENGTHS.unpack_from(message)
    if told > _MOST_TOLD or image > _MOST_IMAGE:
        raise ValueError("a reply is too long")
    end = _LENGTHS.size + told
    if len(message) < end + image:
        return None
    return Reply(**json.loads(message[_LENGTHS.size : end]))._replace(image=bytes(message[end : end + image]))
