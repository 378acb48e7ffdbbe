"""A picture of a request as what the network is given, for every route that takes one."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from fastapi import HTTPException, Request
from starlette.requests import ClientDisconnect

from src.common.errors import WorkError
from src.features.picture.frame import SIDE
from src.serving.http.hints import hint_of
from src.serving.reading.cost import Wanted
from src.serving.reading.job import Refusal
from src.serving.reading.reader import Drawn, RefusedError
from src.serving.state import state_of

_STATUSES: dict[Refusal, int] = {"form": 400, "files": 422}
"""Of what is refused; of all else it is 415."""
_AGAIN = {"Retry-After": "3"}


async def read_picture(
    request: Request, content: bytes, side: int = SIDE, *, largest: int | None = None, place: str = ""
) -> Drawn:
    """Return a picture of a request, read where it can do no harm, unless whoever asked goes away.

    Args:
        request: Its body has been read.
        content: The picture; or the body of a multipart form, where the request is one.
        side: Of the glyph's picture, px.
        largest: So many pixels at most; as many as the settings allow where it is None.
        place: Of the picture in the request, for an error.

    Raises:
        HTTPException: 400, the form cannot be read; 415, it is no picture, too large, or costs more than its size
            promises; 422, the form has not one file; 503, too many are read; 504, it is not read in time.
        ClientDisconnect: Who has sent it has gone.
    """
    state, sent_as = state_of(request), request.headers.get("content-type", "")
    most = state.settings.max_pixels if largest is None else min(largest, state.settings.max_pixels)
    form = sent_as if sent_as.lower().startswith("multipart/") else ""
    seconds = state.settings.answer_seconds
    try:
        return await _unless_gone(request, state.reader.read(Wanted(content, side, most, form), seconds))
    except RefusedError as error:
        hint = hint_of(content, sent_as) if error.refusal == "picture" else ""
        said = f"{error}; {hint}" if hint else str(error)
        raise HTTPException(_STATUSES.get(error.refusal, 415), f"{place}{said}") from None
    except TimeoutError:
        raise HTTPException(504, f"{place}not read within {seconds:g} s; send it smaller") from None
    except WorkError as error:
        raise HTTPException(503, str(error), _AGAIN) from None


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Drawn]) -> Drawn:
    """Give up what is worked at where nobody waits for it any more: others do."""
    working = asyncio.create_task(work)
    listening = asyncio.create_task(_listen(request))
    try:
        await asyncio.wait({working, listening}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        listening.cancel()
        if working.cancel():
            await asyncio.wait({working})


async def _listen(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
