"""A real HTTP server on 127.0.0.1 that serves, stalls, drips, truncates, fails or lies, as each test wishes."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

DRIP_SECONDS = 0.02
MOST_SECONDS = 30.0
"""After this even a stalling server hangs up, so that a broken client fails its test instead of hanging it."""

Reply = Callable[["Handler"], None]


class RawServer(ThreadingHTTPServer):
    """Replies to a path with its replies in turn, and with the last of them from then on; 404 where there is none."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: dict[str, list[Reply]] = {}
        self.asked: dict[str, int] = defaultdict(int)
        self.closing = Event()
        self.halfway = Event()
        self.outlasted = Event()
        """A client bore the server's silence, or its headers without end, until the server itself hung up."""

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.server_port}/{path}"

    def on(self, path: str, *replies: Reply) -> None:
        self.replies[f"/{path}"] = list(replies)


class Handler(BaseHTTPRequestHandler):
    server: RawServer

    def do_GET(self) -> None:
        replies = self.server.replies.get(self.path, [status(404)])
        reply = replies[min(self.server.asked[self.path], len(replies) - 1)]
        self.server.asked[self.path] += 1
        try:
            reply(self)
        except OSError:  # the client is gone, as many of these tests want it
            self.close_connection = True

    def start(self, code: int = 200, length: int | None = None, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(code)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def keep_silent(self) -> None:
        if not self.server.closing.wait(MOST_SECONDS):
            self.server.outlasted.set()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is that of http.server
        """Say nothing."""


@contextmanager
def raw_server() -> Iterator[RawServer]:
    with RawServer() as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()


def serve(content: bytes, headers: Mapping[str, str] | None = None) -> Reply:
    def reply(handler: Handler) -> None:
        handler.start(length=len(content), headers=headers)
        handler.wfile.write(content)

    return reply


def status(code: int, headers: Mapping[str, str] | None = None) -> Reply:
    return lambda handler: handler.start(code, length=0, headers=headers)


def truncate(content: bytes) -> Reply:
    """Promise all of it, send half of it and hang up."""

    def reply(handler: Handler) -> None:
        handler.start(length=len(content))
        handler.wfile.write(content[: len(content) // 2])

    return reply


def truncate_silently(content: bytes) -> Reply:
    """Send half of it without having said how much there is."""

    def reply(handler: Handler) -> None:
        handler.start()
        handler.wfile.write(content[: len(content) // 2])

    return reply


def never_answer(handler: Handler) -> None:
    handler.keep_silent()


def stall(content: bytes) -> Reply:
    """Send half of it and then nothing, with the line open."""

    def reply(handler: Handler) -> None:
        handler.start(length=len(content))
        handler.wfile.write(content[: len(content) // 2])
        handler.server.halfway.set()
        handler.keep_silent()

    return reply


def drip_headers(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
    for _ in range(int(MOST_SECONDS / DRIP_SECONDS)):
        handler.wfile.write(b"x")
        if handler.server.closing.wait(DRIP_SECONDS):
            return
    handler.server.outlasted.set()


def drip(content: bytes) -> Reply:
    """Send it byte by byte."""

    def reply(handler: Handler) -> None:
        handler.start(length=len(content))
        for byte in content:
            handler.wfile.write(bytes([byte]))
            if handler.server.closing.wait(DRIP_SECONDS):
                return

    return reply
