"""POST and DELETE /samples: drawings that their writers give away, and take back."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from src.common.errors import InputError, WorkError
from src.serving.http.body import read_body
from src.serving.http.refusals import refusals
from src.serving.routes.given import MOST_BODY, contradiction, drawing_of, given_schema, read_given
from src.serving.routes.glyph import read_picture
from src.serving.routes.own_page import own_page
from src.serving.routes.page_drawing import SIDE
from src.serving.settings import Settings
from src.serving.state import state_of
from src.serving.store.quota import StoreFullError

_FOREIGN = "Another page asks, or the service is called by a name that is not its own"
_REFUSALS = refusals({
    403: _FOREIGN,
    408: "The body came too slowly",
    413: "The body is longer than a sample",
    415: "The body is not sent as application/json, or the image is no drawing of the page's",
    422: "A field is missing, unknown, out of range or against the label, the drawing is blank, or there is no consent",
    503: "Too many drawings are being read; try again after `Retry-After` seconds",
    504: "The drawing took too long",
    507: "The sample cannot be kept now, or as much is kept as may be",
})  # fmt: skip
_NOT_DELETED = refusals({
    403: _FOREIGN,
    404: "There is no such sample of yours",
    422: "The id or the writer is none",
    503: "It cannot be deleted now; try again after `Retry-After` seconds",
})  # fmt: skip
_BODY = {"required": True, "content": {"application/json": {"schema": given_schema()}}}
_KEPT = {
    "description": "It is kept",
    "links": {
        "delete": {
            "operationId": "delete_sample",
            "parameters": {"identity": "$response.body#/id", "writer": "$request.body#/writer"},
        },
    },
}
_AGAIN_SECONDS = 10

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/samples", dependencies=[Depends(own_page)])


class Kept(BaseModel):
    """Where to find a sample again, to delete it."""

    id: str
    deletion: str


@router.post("", status_code=201, responses={201: _KEPT, **_REFUSALS}, openapi_extra={"requestBody": _BODY})
async def keep(request: Request) -> Kept:
    """Keep a drawing with its answer and what its writer says that it is; only with consent."""
    state = state_of(request)
    _check_type(request)
    sample = read_given(await read_body(request, _limits(state.settings)))
    try:
        drawing = drawing_of(sample)
    except InputError as error:
        raise HTTPException(415, f"image: {error}") from None
    drawn = await read_picture(request, drawing, largest=SIDE * SIDE, place="image: ")
    if drawn.glyph.relative_height is None:
        raise HTTPException(422, "image: the drawing is blank; draw the character first")
    if (reason := contradiction(sample)) is not None:
        raise HTTPException(422, reason)
    try:
        identity = await asyncio.to_thread(state.samples.keep, sample)
    except StoreFullError as error:
        raise HTTPException(507, str(error)) from None
    except OSError as error:
        logger.warning("%s: a sample cannot be kept: %s", state.settings.samples, error)
        raise HTTPException(507, "it cannot be kept now; try again later") from None
    return Kept(id=identity, deletion=f"pysar review --delete {identity}")


@router.delete("/{identity}", status_code=204, responses=_NOT_DELETED, operation_id="delete_sample")
async def delete(
    request: Request,
    identity: Annotated[str, Path(pattern="^[0-9a-f]{64}$")],
    writer: Annotated[str, Query(pattern="^[A-Za-z0-9_-]{8,64}$")],
) -> Response:
    """Delete a sample of the writer who gave it."""
    state = state_of(request)
    try:
        found = await asyncio.to_thread(state.samples.delete, identity, writer)
    except (OSError, WorkError) as error:
        logger.warning("%s: a sample cannot be deleted: %s", state.settings.samples, error)
        again = {"Retry-After": str(_AGAIN_SECONDS)}
        raise HTTPException(503, "it cannot be deleted now; try again later", again) from None
    if not found:
        raise HTTPException(404, "there is no such sample of yours")
    return Response(status_code=204)


def _check_type(request: Request) -> None:
    """Refuse what a form of another page can send without being asked whether it may."""
    sent_as = request.headers.getlist("content-type")
    if len(sent_as) != 1 or sent_as[0].partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "Content-Type: send a sample as application/json")


def _limits(settings: Settings) -> Settings:
    """Return the settings with a limit of bytes that fits a sample."""
    return settings.model_copy(update={"max_body_bytes": min(settings.max_body_bytes, MOST_BODY)})
