"""POST /predict: what a picture shows."""

import asyncio
import base64
from functools import partial
from typing import Annotated

import cv2
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from src.features.picture.grey import Grey
from src.models.verdict.verdict import Kind
from src.prediction.answer import answer_glyphs
from src.prediction.model_file import UKRAINIAN
from src.serving.http.body import read_body
from src.serving.http.refusals import refusals
from src.serving.reading.form_file import MAX_FIELDS
from src.serving.routes.glyph import read_picture
from src.serving.routes.read import Read
from src.serving.routes.tasks import MOST_LABELS, NOT_SERVED, Task, check_asked
from src.serving.state import state_of

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
    415: "The body is no picture that can be read, or costs more than its size promises",
    422: "A parameter is unknown, out of range, or beyond the task's labels, or the form has not one file",
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
    content = await read_body(request, state.settings)
    model = live.now.model
    check_asked(model.alphabet, kind, top)
    with state.under_way():
        glyph, more_frames = await read_picture(request, content, model.side)
    told = glyph._replace(relative_height=relative_height)
    height_known = relative_height is not None
    read = partial(answer_glyphs, model, [told], kind=kind, top=top, height_known=height_known)
    answers = await asyncio.get_running_loop().run_in_executor(state.network, read)
    await state.turns.take()
    document: dict[str, object] = {"path": None, **answers[0]}
    if more_frames:
        document["more_frames"] = True
    if image:
        document["image"] = _data_url(glyph.image)
    return JSONResponse(document)


def _data_url(image: Grey) -> str:
    _, png = cv2.imencode(".png", image)
    return f"data:image/png;base64,{base64.b64encode(png.tobytes()).decode()}"
