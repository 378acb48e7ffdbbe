"""The service: its routes, and what runs beside them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.responses import FileResponse

from src.serving.http.cross_origin import CrossOrigin
from src.serving.http.query import check_query
from src.serving.http.refusals import refusals
from src.serving.live.missing_models import wait_for
from src.serving.live.model_source import ModelSource
from src.serving.middleware import Around
from src.serving.routes import predict as predict_route
from src.serving.routes import samples as samples_route
from src.serving.routes import status as status_routes
from src.serving.routes import tasks
from src.serving.settings import Settings
from src.serving.state import State, make_state

PAGE = Path(__file__).with_name("page")
_UNKNOWN = refusals({422: "A parameter is unknown or out of range"})
_NONE: Mapping[str, ModelSource] = MappingProxyType({})


def create_app(settings: Settings, source: ModelSource, others: Mapping[str, ModelSource] = _NONE) -> FastAPI:
    """Return the service of a model and of those that take its place, and of other tasks' models beside it.

    Args:
        settings: Its limits.
        source: Of the Ukrainian model.
        others: Of each other task's model, by the task's name.

    Raises:
        PysarError, OSError: The Ukrainian model cannot be had or used.
    """
    state = make_state(settings, source, others)

    @asynccontextmanager
    async def beside(_: FastAPI) -> AsyncIterator[None]:
        await state.reader.start()
        running = [asyncio.create_task(work) for work in _work_of(state)]
        yield
        state.stopping = True
        for work in running:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        await state.reader.close()
        state.network.shutdown()

    about = "Reads single handwritten Ukrainian letters and digits"
    # FastAPI's own pages of documentation load their scripts from another host.
    # A redirect from a slash too many would lead to whatever `Host` the client has named.
    app = FastAPI(title="Pysar", summary=about, lifespan=beside, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.pysar = state
    known = [Depends(check_query)]
    for routes in (predict_route, samples_route, tasks):
        app.include_router(routes.router, dependencies=known, responses=_UNKNOWN)
    app.include_router(status_routes.router)
    app.mount("/page", StaticFiles(directory=PAGE))
    app.add_api_route("/", _page, include_in_schema=False)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.add_exception_handler(RequestValidationError, _say_what_is_wrong)
    if settings.origins:
        app.add_middleware(CrossOrigin, origins=settings.origins)
    app.add_middleware(Around)
    return app


def _work_of(state: State) -> list[Coroutine[Any, Any, None]]:
    missing = (wait_for(task, state.models, state.missing) for task in state.missing)
    return [*(live.follow() for live in state.models.values()), *missing, state.samples.send()]


async def _page() -> FileResponse:
    return FileResponse(PAGE / "index.html")


async def _docs() -> FileResponse:
    return FileResponse(PAGE / "docs.html")


async def _say_what_is_wrong(_: Request, error: Exception) -> JSONResponse:
    """Answer a parameter that is out of range in one line, as all other errors are."""
    fault = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": str(error)}
    where = ".".join(str(part) for part in fault["loc"][1:])
    return JSONResponse({"detail": f"{where}: {fault['msg']}".removeprefix(": ")}, 422)
