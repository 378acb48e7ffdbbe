"""Which pages of other origins may read answers: those that a setting names, and none that gives drawings."""

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

_OWN = "/samples"
"""Only the service's own page gives drawings, or takes them back."""


class CrossOrigin:
    """Lets pages of some origins ask, as browsers demand it."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self.app = app
        self.shared = CORSMiddleware(app, allow_origins=sorted(origins), allow_methods=("GET", "POST"),
                                     allow_headers=("Content-Type", "X-Request-ID"),
                                     expose_headers=("X-Request-ID", "Retry-After"))  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        own = scope["type"] != "http" or scope["path"].startswith(_OWN)
        await (self.app if own else self.shared)(scope, receive, send)
