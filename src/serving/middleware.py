"""What holds for every answer: an id, headers that keep the page safe, a count, and what becomes of the unanswered."""

import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.serving.http.body import let_go
from src.serving.http.figures import REQUESTS, SECONDS, UNDER_WAY
from src.serving.state import State

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Content-Security-Policy": _POLICY}
_GONE = 499
"""Is counted, as nginx does, where who asks has gone before there was an answer."""
_ALWAYS = {"/healthz", "/readyz", "/metrics"}
"""Is answered to the end."""
_STOPPING = JSONResponse({"detail": "the service stops; ask again"}, 503, {"Retry-After": "2"})
_KNOWN = {"/", "/predict", "/samples", "/healthz", "/readyz", "/metrics", "/model", "/tasks", "/docs",
          "/openapi.json"}  # fmt: skip


class Around:
    """Wraps the application; pure ASGI, for it costs each request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identity = _identity(Headers(scope=scope).get("x-request-id", ""))
        scope["state"]["request_id"] = identity
        state: State = scope["app"].state.pysar
        status, started = 500, time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = identity
                headers.update(_SAFE)
                if state.stopping:
                    headers["Connection"] = "close"
            await send(message)

        UNDER_WAY.inc()
        try:
            await state.turns.take()
            app = _STOPPING if state.refusing and scope["path"] not in _ALWAYS else self.app
            await app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = _GONE
        finally:
            UNDER_WAY.dec()
            let_go(scope)
            route = _route(scope["path"])
            REQUESTS.labels(route, status).inc()
            SECONDS.labels(route).observe(time.perf_counter() - started)


def _identity(asked: str) -> str:
    return asked if _ID.fullmatch(asked) else uuid.uuid4().hex


def _route(path: str) -> str:
    """Return what is counted together: paths are the client's, and there must not be a counter for each."""
    if path in _KNOWN:
        return path
    return next((part for part in ("/samples", "/page") if path.startswith(part + "/")), "other")
