"""POST /predict: what a picture shows."""

import asyncio
import base64
from typing import Annotated, Any, NamedTuple

import cv2
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, Response

from src.errors import InputError
from src.features.grey import Grey
from src.features.normalize import Glyph, normalize
from src.models.verdict import Kind
from src.prediction.answer import answer_glyphs
from src.prediction.model import Model
from src.prediction.picture import LARGEST_PIXELS, LargePictureError, decode_picture
from src.serving.body import read_picture
from src.serving.state import State, state_of

_QUICK_PIXELS = 500_000
"""A picture of so few is read at once: it holds the others up for less than 10 ms, and a thread would cost more."""
_PICTURE = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {
        "type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"],
    },
}  # fmt: skip
_BODY = {"required": True, "content": {"application/octet-stream": _PICTURE, "image/png": _PICTURE,
                                       "image/jpeg": _PICTURE, "multipart/form-data": _FORM}}  # fmt: skip
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "The form cannot be read"},
    408: {"description": "The body came too slowly"},
    413: {"description": "The body is too long"},
    415: {"description": "The body is no picture that can be read"},
    422: {"description": "A parameter is out of range, or the form has no file"},
    503: {"description": "Too many requests are under way; try again"},
    504: {"description": "The picture took too long"},
}

router = APIRouter()


@router.post("/predict", openapi_extra={"requestBody": _BODY}, responses=_REFUSALS)
async def predict(
    request: Request,
    kind: Annotated[Kind | None, Query(description="what the picture shows, where you know it")] = None,
    top: Annotated[int, Query(ge=1, le=43, description="so many of the likeliest labels")] = 3,
    relative_height: Annotated[
        float | None, Query(gt=0, le=1, description="height of the ink / height of the line's canvas, where known")
    ] = None,
    image: Annotated[bool, Query(description="also return the picture that the network sees")] = False,
) -> Response:
    """Say which letter or digit a picture shows: the body's bytes, or the one file of a multipart form."""
    state = state_of(request)
    content = await read_picture(request, state.settings)
    asked = Asked(state.live.model, kind, top, relative_height, image)
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
        glyph = normalize(decode_picture(content, largest), self.model.side)
        told = Glyph(glyph.image, self.relative_height)
        height_known = self.relative_height is not None
        answer = answer_glyphs(self.model, [told], kind=self.kind, top=self.top, height_known=height_known)[0]
        document: dict[str, object] = {"path": None, **answer}
        if self.image:
            document["image"] = _data_url(glyph.image)
        return document


async def _read(state: State, asked: Asked, content: bytes) -> dict[str, object]:
    try:
        return asked.answer(content, _QUICK_PIXELS)
    except LargePictureError:
        return await _read_aside(state, asked, content)


async def _read_aside(state: State, asked: Asked, content: bytes) -> dict[str, object]:
    """Read a large picture in another thread, one at a time on each core."""
    try:
        async with asyncio.timeout(state.settings.answer_seconds), state.aside:
            return await asyncio.to_thread(asked.answer, content, LARGEST_PIXELS)
    except TimeoutError:
        raise HTTPException(504, f"not read within {state.settings.answer_seconds:g} s; send it smaller") from None


def _data_url(image: Grey) -> str:
    _, png = cv2.imencode(".png", image)
    return f"data:image/png;base64,{base64.b64encode(png.tobytes()).decode()}"
