"""POST /predict: what a picture shows."""

import asyncio
import base64
import contextlib
from typing import Annotated, NamedTuple

import cv2
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response

from src.errors import InputError
from src.features.grey import Grey
from src.features.normalize import normalize
from src.features.picture import LargePictureError
from src.models.verdict import Kind
from src.prediction.answer import answer_glyphs
from src.prediction.drawing import decode_drawing
from src.prediction.model import Model
from src.prediction.model_file import UKRAINIAN
from src.serving.body import MAX_FIELDS, read_picture
from src.serving.read import Read
from src.serving.refusals import refusals
from src.serving.state import State, state_of
from src.serving.tasks import MOST_LABELS, NOT_SERVED, Task, check_asked

_QUICK_PIXELS = 500_000
_QUICK_BYTES = 100_000
"""A picture of so few is read at once: it holds the others up for less than 10 ms, and a thread would cost more.

Not so where it is long: Pillow walks through a made-up file's head byte by byte, half a second for each megabyte.
"""

_PICTURE = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {
        "type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"],
        "additionalProperties": {"type": "string"}, "maxProperties": MAX_FIELDS + 1,
    },
}  # fmt: skip
_BODY = {"required": True, "content": {"application/octet-stream": _PICTURE, "image/png": _PICTURE,
                                       "image/jpeg": _PICTURE, "multipart/form-data": _FORM}}  # fmt: skip
_REFUSALS = refusals({
    400: "The form cannot be read",
    404: NOT_SERVED,
    408: "The body came too slowly",
    413: "The body is too long",
    415: "The body is no picture that can be read",
    422: "A parameter is out of range, or beyond the task's labels, or the form has no file",
    503: "Too many requests are under way; try again after `Retry-After` seconds",
    504: "The picture took too long",
})  # fmt: skip

router = APIRouter()


@router.post("/predict", openapi_extra={"requestBody": _BODY}, responses={200: {"model": Read}, **_REFUSALS})
async def predict(
    request: Request,
    task: Task = UKRAINIAN,
    kind: Annotated[Kind | None, Query(description="what the picture shows, where you know it")] = None,
    top: Annotated[int, Query(ge=1, le=MOST_LABELS, description="so many of the likeliest labels")] = 3,
    relative_height: Annotated[
        float | None,
        Query(gt=0, le=1, description="of Ukrainian: height of the ink / height of the line's canvas, where known"),
    ] = None,
    image: Annotated[bool, Query(description="also return the picture that the network sees")] = False,
) -> Response:
    """Say which letter or digit a picture shows: the body's bytes, or the one file of a multipart form."""
    state = state_of(request)
    live = state.live_of(task)
    content = await read_picture(request, state.settings)
    model = live.now.model
    check_asked(model.alphabet, kind, top)
    asked = Asked(model, kind, top, relative_height, image)
    with state.under_way():
        try:
            document = await _read(state, asked, content)
        except InputError as error:
            raise HTTPException(415, str(error)) from None
    return JSONResponse(document)


class Asked(NamedTuple):
    """What is wanted of a picture, and of which model."""

    model: Model
    kind: Kind | None
    top: int
    relative_height: float | None
    image: bool

    def answer(self, content: bytes, largest: int) -> dict[str, object]:
        """Read a picture of at most so many pixels."""
        glyph = normalize(decode_drawing(content, largest), self.model.side)
        told = glyph._replace(relative_height=self.relative_height)
        height_known = self.relative_height is not None
        answer = answer_glyphs(self.model, [told], kind=self.kind, top=self.top, height_known=height_known)[0]
        document: dict[str, object] = {"path": None, **answer}
        if self.image:
            document["image"] = _data_url(glyph.image)
        return document


async def _read(state: State, asked: Asked, content: bytes) -> dict[str, object]:
    if len(content) <= _QUICK_BYTES:
        with contextlib.suppress(LargePictureError):
            return asked.answer(content, _QUICK_PIXELS)
    return await _read_aside(state, asked, content)


async def _read_aside(state: State, asked: Asked, content: bytes) -> dict[str, object]:
    """Read a large picture in one of the few threads for such."""
    settings, loop = state.settings, asyncio.get_running_loop()
    try:
        async with asyncio.timeout(settings.answer_seconds):
            return await loop.run_in_executor(state.aside, asked.answer, content, settings.max_pixels)
    except TimeoutError:
        raise HTTPException(504, f"not read within {settings.answer_seconds:g} s; send it smaller") from None


def _data_url(image: Grey) -> str:
    _, png = cv2.imencode(".png", image)
    return f"data:image/png;base64,{base64.b64encode(png.tobytes()).decode()}"
