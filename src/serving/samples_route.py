"""POST and DELETE /samples: drawings that their writers give away, and take back."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ValidationError

from src.data.collected_sample import Sample
from src.serving.body import read_body
from src.serving.glyph import glyph_of
from src.serving.refusals import refusals
from src.serving.state import state_of

_REFUSALS = refusals({
    408: "The body came too slowly",
    413: "The body is too long",
    415: "The image is no picture that can be read",
    422: "A field is missing, unknown or out of range, or there is no consent",
    507: "The sample cannot be kept now",
})  # fmt: skip
_NOT_DELETED = refusals({404: "There is no such sample of yours", 422: "The id or the writer is none"})
_BODY = {"required": True, "content": {"application/json": {"schema": Sample.model_json_schema()}}}
_KEPT = {
    "description": "It is kept",
    "links": {
        "delete": {
            "operationId": "delete_sample",
            "parameters": {"identity": "$response.body#/id", "writer": "$request.body#/writer"},
        },
    },
}
_LARGEST_PIXELS = 1_000_000

logger = logging.getLogger(__name__)
router = APIRouter(prefix="/samples")


class Kept(BaseModel):
    """Where to find a sample again, to delete it."""

    id: str
    deletion: str


@router.post("", status_code=201, responses={201: _KEPT, **_REFUSALS}, openapi_extra={"requestBody": _BODY})
async def keep(request: Request) -> Kept:
    """Keep a drawing with its answer and what its writer says that it is; only with consent."""
    state = state_of(request)
    sample = _parse(await read_body(request, state.settings))
    try:
        picture = sample.picture()
    except ValueError as error:
        raise HTTPException(415, f"image: {error}") from None
    await glyph_of(request, picture, largest=_LARGEST_PIXELS, place="image: ")
    try:
        identity = await asyncio.to_thread(state.samples.keep, sample)
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
    if not await asyncio.to_thread(state_of(request).samples.delete, identity, writer):
        raise HTTPException(404, "there is no such sample of yours")
    return Response(status_code=204)


def _parse(content: bytes) -> Sample:
    try:
        return Sample.model_validate_json(content)
    except ValidationError as error:
        fault = error.errors()[0]
        raise HTTPException(422, f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}".removeprefix(": ")) from None
