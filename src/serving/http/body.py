"""The body of a request: not too long, not too slow, and no more of all requests than there is memory for."""

import asyncio
from io import BytesIO

from fastapi import HTTPException, Request
from starlette.types import Scope

from src.serving.reading.lane import FullError, Lane
from src.serving.settings import Settings

_SMALL = 64_000
"""A body of so few bytes needs no room of its own: what is read at once from a connection may be longer."""
_ROOM = 24_000_000
"""Bytes of all longer bodies together, from their first byte to the answer."""
_WAITING = 64
_HELD = "held_body"
"""Name in the request's state of the room that it has."""


def room_for_bodies(settings: Settings) -> Lane:
    """Return the room that longer bodies share."""
    return Lane(max(_ROOM, settings.max_body_bytes), _ROOM, _WAITING)


async def read_body(request: Request, settings: Settings) -> bytes:
    """Return the body as it came. A long one waits for room, which it has until the request is answered.

    Raises:
        HTTPException: 413, it is longer than allowed; 408, it did not come in time; 503, others hold too much.
        ClientDisconnect: Who sends it has gone.
    """
    most = settings.max_body_bytes
    told = request.headers.get("content-length", "")
    expected = int(told) if told.isdecimal() else most
    if expected > most:
        raise _too_long(most)
    content = BytesIO()
    try:
        async with asyncio.timeout(settings.body_seconds):
            async for part in request.stream():
                content.write(part)
                if content.tell() > most:
                    raise _too_long(most)
                if content.tell() > _SMALL:
                    await _hold(request, expected)
    except TimeoutError:
        if content.tell() > _SMALL and _HELD not in request.scope["state"]:
            raise _no_room() from None
        raise HTTPException(408, f"the body did not come within {settings.body_seconds:g} s; send it again") from None
    return content.getvalue()


def _too_long(most: int) -> HTTPException:
    return HTTPException(413, f"the body is longer than {most:,} bytes; send less")


def _no_room() -> HTTPException:
    return HTTPException(503, "too many long bodies are being read; try again", {"Retry-After": "2"})


async def _hold(request: Request, expected: int) -> None:
    """Wait until there is room for a body; while nobody reads it, its sender waits, too."""
    if _HELD in request.scope["state"]:
        return
    room: Lane = request.app.state.pysar.bodies
    try:
        await room.enter(expected, rank=expected)
    except FullError:
        raise _no_room() from None
    request.scope["state"][_HELD] = (room, expected)


def let_go(scope: Scope) -> None:
    """Give back the room that a request's body has had, if it had any."""
    room, held = scope["state"].pop(_HELD, (None, 0))
    if room is not None:
        room.leave(held)
