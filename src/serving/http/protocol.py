"""uvicorn's HTTP, with the limits that it lacks: who says nothing, or says it endlessly, is dropped.

nginx has such limits of its own (deploy/nginx); these hold where there is none in front.
"""

import asyncio
import http
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 10.0
"""A request's head must be there within so long, from the connection or from the answer before it."""
REQUEST_SECONDS = 60.0
"""A request must be over within so long, and its answer taken."""
MOST_HEAD = 32_768
"""Bytes of a head, and of whatever else is no body: trailers, extensions of chunks."""
MOST_CONNECTIONS = 512
_SLICE = 4096
"""Bytes that are parsed before limits are looked at."""
_MOST_PIPELINED = 16
"""Requests that wait for those before them on the same connection."""
_MOST_PIECES = 512
"""Chunks of a body in a slice: 8 bytes each, with what is around them. No client sends such, and each costs as much as
a long one."""
_OTHER_PROTOCOLS = {b"connection", b"http2-settings", b"upgrade"}


class GuardedProtocol(HttpToolsProtocol):
    """A connection. Of too many, the one that has waited longest for a request is dropped for a new one.

    idle_since: When it began to wait for a request, by the loop's clock; None while there is one.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(*arguments, **options)
        self._timer: asyncio.TimerHandle | None = None
        self._beside_body = self._pieces = 0
        self._piece = b""
        self.idle_since: float | None = self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._limit(HEAD_SECONDS)
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()

    def _make_room(self) -> None:
        idle = [each for each in self.connections if isinstance(each, GuardedProtocol) and each.idle_since is not None]
        min(idle, key=lambda each: each.idle_since or 0).drop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._unlimit()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what has come, as far as it keeps to the limits."""
        for start in range(0, len(data), _SLICE):
            piece = data[start : start + _SLICE]
            self._beside_body += len(piece)
            self._pieces = 0
            self._parse(piece)
            if self.transport.is_closing():
                return
            if self._beside_body > MOST_HEAD:
                self._refuse(431, f"The head of a request is longer than {MOST_HEAD:,} bytes.")
                return
            if len(self.pipeline) > _MOST_PIPELINED or self._pieces > _MOST_PIECES:
                self._refuse(400, "Too much in small pieces.")
                return

    def _parse(self, piece: bytes) -> None:
        self._piece = piece
        super().data_received(piece)

    def on_headers_complete(self) -> None:
        """Begin a request, unless it asks for another protocol."""
        if self.parser.should_upgrade():
            return
        self.idle_since, self._beside_body = None, 0
        self._limit(REQUEST_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of its body."""
        self._beside_body = 0
        self._pieces += 1
        super().on_body(body)

    def on_message_complete(self) -> None:
        """End its body."""
        if self.parser.should_upgrade():
            return
        self._beside_body = 0
        super().on_message_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Read a request that asks for another protocol as if it did not.

        RFC 9110 (7.8) lets a server pass over the wish, but the parser takes the body for the other protocol's bytes
        (`curl --http2`). So the head is parsed again without the wish, and what came behind it is its body.
        """
        error = sys.exception()
        method = self.parser.get_method()
        if method == b"CONNECT" or not isinstance(error, httptools.HttpParserUpgrade):
            self._refuse(405, "This is no proxy.")
            return
        version = self.parser.get_http_version().encode("ascii")
        lines = [b"%b %b HTTP/%b" % (method, self.url, version), *_without_wish(self.headers), b"", b""]
        self.parser = httptools.HttpRequestParser(self)
        self._parse(b"\r\n".join(lines) + self._piece[error.args[0] :])

    def on_response_complete(self) -> None:
        """Wait for the next request; also for the rest of a body that nobody wanted."""
        self.idle_since = self.loop.time()
        self._limit(HEAD_SECONDS)
        super().on_response_complete()

    def _limit(self, seconds: float) -> None:
        self._unlimit()
        self._timer = self.loop.call_later(seconds, self.drop)

    def _unlimit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def drop(self) -> None:
        """End the connection, though its answer may not be taken yet."""
        self._unlimit()
        self.transport.abort()

    def _refuse(self, status: int, said: str) -> None:
        """Say what is wrong and end the connection, unless an answer is under way, which this would get into."""
        if self.idle_since is not None:
            phrase = http.HTTPStatus(status).phrase
            head = f"HTTP/1.1 {status} {phrase}\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n"
            self.transport.write(f"{head}content-length: {len(said)}\r\n\r\n{said}".encode("ascii"))
            self.transport.close()
        else:
            self.drop()


def _without_wish(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[bytes]:
    """Yield a head's lines without the wish for another protocol; `close` and `keep-alive` stay."""
    for name, value in headers:
        if name not in _OTHER_PROTOCOLS:
            yield b"%b: %b" % (name, value)
        elif name == b"connection" and b"close" in value.lower():
            yield b"connection: close"
