"""The body of a request: not too long, not too slow, raw or as a form."""

import asyncio

from fastapi import HTTPException, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException as StarletteError
from starlette.formparsers import MultiPartException
from starlette.types import Message

from src.serving.settings import Settings

MAX_FIELDS = 8
"""Of a form, besides the picture."""


async def read_body(request: Request, settings: Settings) -> bytes:
    """Return the body as it came.

    Raises:
        HTTPException: 413, it is longer than allowed; 408, it did not come in time.
    """
    content = bytearray()
    try:
        async with asyncio.timeout(settings.body_seconds):
            async for part in request.stream():
                content += part
                if len(content) > settings.max_body_bytes:
                    raise HTTPException(413, f"the body is longer than {settings.max_body_bytes:,} bytes; send less")
    except TimeoutError:
        raise HTTPException(408, f"the body did not come within {settings.body_seconds:g} s; send it again") from None
    return bytes(content)


async def read_picture(request: Request, settings: Settings) -> bytes:
    """Return the picture in a request: its body, or the one file of a multipart form.

    Raises:
        HTTPException: As `read_body`; 400, the form cannot be read; 422, it has not one file.
    """
    content = await read_body(request, settings)
    if not request.headers.get("content-type", "").lower().startswith("multipart/"):
        return content
    return await _file_of(request, content)


async def _file_of(request: Request, content: bytes) -> bytes:
    async def again() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    try:
        async with Request(request.scope, again).form(max_files=1, max_fields=MAX_FIELDS) as form:
            files = [await value.read() for value in form.values() if isinstance(value, UploadFile)]
    except (MultiPartException, StarletteError):
        raise HTTPException(400, "the form cannot be read; send the picture's bytes as the body instead") from None
    if len(files) != 1:
        raise HTTPException(422, "the form has no file; send one picture, in any field")
    return files[0]
