"""Whether the service lives, is ready, how it does, and which model answers."""

import json

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from src.common.printable import printable
from src.models.verdict.calibration import Calibration
from src.prediction.model_file import TASKS, UKRAINIAN, card_of, released_file
from src.serving.http.query import check_query
from src.serving.http.refusals import refusals
from src.serving.routes.tasks import NOT_SERVED, Task
from src.serving.state import state_of

router = APIRouter()


@router.get("/healthz", response_class=PlainTextResponse)
async def healthz() -> str:
    """Say that the process answers."""
    return "ok"


@router.get("/readyz", response_class=PlainTextResponse, responses=refusals({503: "It is about to stop"}))
async def readyz(request: Request) -> str:
    """Say that requests are welcome: there is a model that works, and the service is not about to stop.

    A line more for each model that was to take over and does not work, or cannot be had: why.
    """
    state = state_of(request)
    if state.stopping:
        raise HTTPException(503, "stopping")
    going_on = {task: live.trouble for task, live in state.models.items()}
    lines = [f"{task}: {reason}; the model before it goes on" for task, reason in going_on.items() if reason]
    lines += [f"{task}: not served: {each.reason}" for task, each in state.missing.items()]
    return "\n".join(["ready", *lines])


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Return Prometheus' figures."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class Card(BaseModel, extra="allow"):
    """What a model is; of the released one also what it was measured to be.

    name: By which it is registered.
    version: Its number in the registry; null where it comes from a file.
    sha256: Of its file.
    side: Of the pictures that it is given, px.
    """

    name: str
    file: str
    version: str | None
    sha256: str
    side: int
    calibration: Calibration


_UNKNOWN = "A parameter is unknown"


@router.get(
    "/model", responses={200: {"model": Card}, **refusals({404: NOT_SERVED, 422: _UNKNOWN})},
    dependencies=[Depends(check_query)],
)  # fmt: skip
async def model(request: Request, task: Task = UKRAINIAN) -> JSONResponse:
    """Return the card of the model that answers: what it is, and for the released one what it was measured to be."""
    now = state_of(request).live_of(task).now
    described = {"name": TASKS[task].stem, "file": printable(now.path.name), "version": now.version,
                 "sha256": now.digest, "side": now.model.side,
                 "calibration": now.model.calibration.described()}  # fmt: skip
    if now.path == released_file(task) and card_of(now.path).is_file():
        card = json.loads(card_of(now.path).read_text("utf-8"))
        if card["sha256"] == now.digest:
            described = {**card, **described}
    return JSONResponse(described)
