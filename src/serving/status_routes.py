"""Whether the service lives, is ready, how it does, and which model answers."""

import json
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from src.prediction.model_file import CARD, RELEASED
from src.serving.state import state_of

router = APIRouter()


@router.get("/healthz", response_class=PlainTextResponse)
async def healthz() -> str:
    """Say that the process answers."""
    return "ok"


@router.get("/readyz", response_class=PlainTextResponse, responses={503: {"description": "It is about to stop"}})
async def readyz(request: Request) -> str:
    """Say that requests are welcome: there is a model, and the service is not about to stop."""
    if state_of(request).stopping:
        raise HTTPException(503, "stopping")
    return "ready"


@router.get("/metrics", include_in_schema=False)
async def metrics() -> Response:
    """Return Prometheus' figures."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/model")
async def model(request: Request) -> dict[str, Any]:
    """Return the card of the model that answers: what it is, and for the released one what it was measured to be."""
    live = state_of(request).live
    described = {"name": "pysar", "file": live.path.name, "sha256": live.digest, "side": live.model.side,
                 "calibration": live.model.calibration.model_dump()}  # fmt: skip
    if live.path == RELEASED and CARD.is_file():
        card = json.loads(CARD.read_text("utf-8"))
        if card["sha256"] == live.digest:
            return {**card, **described}
    return described
