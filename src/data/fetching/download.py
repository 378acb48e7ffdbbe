"""Get one file over HTTP: streamed, bounded in time and size, asked again where the way there fails."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import httpx
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from src.data.fetching.proxies import open_client
from src.data.fetching.transfer_bar import transfer_bar

MOST_BYTES = 2 * 1024**3
PROBE_BYTES = 64 * 1024
_RETRIED_STATUS = {408, 425, 429}

logger = logging.getLogger(__name__)


class UnavailableError(Exception):
    """This place does not give the file; the message says why, in a few words."""


class InterruptedTransferError(UnavailableError):
    """The way there failed (timeout, broken transfer, server error): asking again may help."""


@dataclass(frozen=True)
class Patience:
    """How long a server may take and how often it is asked.

    Within each `silence_seconds` a server must give its whole answer (name look-up to headers), and then at least
    `least_bytes` of the file. The pause before the second of `attempts` is `pause_seconds`; it doubles from there.
    """

    silence_seconds: float = 20.0
    least_bytes: int = 32 * 1024
    attempts: int = 4
    pause_seconds: float = 1.0


PATIENCE = Patience()


def download(url: httpx.URL, target: Path, patience: Patience = PATIENCE) -> None:
    """Download to `target`, which is overwritten; what it holds is not verified here.

    Raises:
        UnavailableError: The server does not have the file, or did not deliver it in any of the attempts.
        InputError: The environment names a proxy or certificates that cannot be used.
        OSError: The target cannot be written.
    """

    def attempt() -> None:
        with transfer_bar(target.name) as bar, _answer(url, patience) as response, target.open("wb") as stream:
            length = response.headers.get("content-length", "")
            bar.expect(int(length) if length.isdecimal() else None)
            for piece in _pieces(response, patience):
                stream.write(piece)
                bar.advance(len(piece))

    _persistently(url, patience, logging.WARNING)(attempt)


def probe(url: httpx.URL, patience: Patience = PATIENCE) -> None:
    """Ask for the file and read its first 64 KiB (or all of it), to see whether it can be had.

    Raises:
        UnavailableError: It cannot.
        InputError: The environment names a proxy or certificates that cannot be used.
    """

    def attempt() -> None:
        with _answer(url, patience) as response:
            arrived = 0
            for piece in _pieces(response, patience):
                arrived += len(piece)
                if arrived >= PROBE_BYTES:
                    return

    _persistently(url, patience, logging.DEBUG)(attempt)


def shown(url: httpx.URL) -> str:
    """Return the address without user name and password, for messages."""
    return str(url.copy_with(userinfo=b""))


def _persistently(url: httpx.URL, patience: Patience, level: int) -> Retrying:
    def tell(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        logger.log(level, "%s: %s; asking again", shown(url), error)

    return Retrying(
        stop=stop_after_attempt(patience.attempts),
        wait=wait_exponential(patience.pause_seconds, max=30) + wait_random(0, patience.pause_seconds),
        retry=retry_if_exception_type(InterruptedTransferError),
        before_sleep=tell,
        reraise=True,
    )


@contextmanager
def _answer(url: httpx.URL, patience: Patience) -> Iterator[httpx.Response]:
    # A .gz may be labelled Content-Encoding: gzip; identity and raw bytes keep it as it lies on the server.
    headers = {"Accept-Encoding": "identity"}
    try:
        with open_client(timeout=patience.silence_seconds, follow_redirects=True, headers=headers) as client:
            request = client.build_request("GET", url)
            response = _within(patience.silence_seconds, lambda: client.send(request, stream=True))
            with closing(response):
                _check_status(response)
                yield response
    except httpx.TimeoutException as error:
        raise InterruptedTransferError(f"silent for {patience.silence_seconds:g} s") from error
    except httpx.HTTPError as error:
        raise InterruptedTransferError(str(error) or type(error).__name__) from error


def _check_status(response: httpx.Response) -> None:
    if response.status_code == httpx.codes.OK:
        return
    reason = f"HTTP {response.status_code} {response.reason_phrase}".rstrip()
    if response.is_server_error or response.status_code in _RETRIED_STATUS:
        raise InterruptedTransferError(reason)
    raise UnavailableError(reason)


def _within(seconds: float, work: Callable[[], httpx.Response]) -> httpx.Response:
    """Bound by the clock what httpx bounds only per read: name look-up, and headers that come byte by byte."""
    outcome: Future[httpx.Response] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as error:  # noqa: BLE001  # handed to the thread that waits
            outcome.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        return outcome.result(seconds)
    except TimeoutError as error:
        raise InterruptedTransferError(f"no answer within {seconds:g} s") from error


def _pieces(response: httpx.Response, patience: Patience) -> Iterator[bytes]:
    total = in_window = 0
    window_ends = time.monotonic() + patience.silence_seconds
    for piece in response.iter_raw():
        yield piece
        total += len(piece)
        in_window += len(piece)
        if total > MOST_BYTES:
            raise UnavailableError(f"sends more than {MOST_BYTES:,} bytes")
        if time.monotonic() > window_ends:
            if in_window < patience.least_bytes:
                raise InterruptedTransferError(f"only {in_window:,} bytes in {patience.silence_seconds:g} s")
            in_window, window_ends = 0, time.monotonic() + patience.silence_seconds
