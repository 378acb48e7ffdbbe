"""Where an archive may lie: in the mirror that RAW_MIRROR names, and upstream."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import unquote, urlsplit

import httpx
from pydantic import HttpUrl, TypeAdapter, ValidationError

from src.common.errors import InputError
from src.data.fetching.download import Patience, UnavailableError, probe, shown
from src.data.fetching.manifest import Archive, Corpus

MIRROR_VARIABLE = "RAW_MIRROR"

Mirror = Path | httpx.URL
"""A folder, or the address of one."""


def parse_mirror(text: str, root: Path) -> Mirror | None:
    """Read RAW_MIRROR: a folder (a relative one lies at `root`), a file: or http(s): address, or nothing.

    Raises:
        InputError: It is an address that cannot be used.
    """
    if not text.strip():
        return None
    if "://" not in text:
        return root / Path(text).expanduser()
    if text.lower().startswith("file:"):
        return Path(unquote(urlsplit(text).path))
    try:
        TypeAdapter(HttpUrl).validate_python(text)
        return httpx.URL(text)
    except (ValidationError, httpx.InvalidURL) as error:
        fault = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise InputError(f"{MIRROR_VARIABLE}: {fault}; give a folder or a valid http(s) address") from None


def mirror_of_environment() -> Mirror | None:
    """Read RAW_MIRROR of the environment; see `parse_mirror`."""
    # DVC runs a queued experiment in a copy of the repository: its root is where people stand.
    return parse_mirror(os.environ.get(MIRROR_VARIABLE, ""), Path(os.environ.get("DVC_ROOT", ".")))


def places(archive: Archive, mirror: Mirror | None) -> list[Mirror]:
    """Return where the archive may lie, in the order in which to ask: the mirror's file, then upstream's."""
    upstream: list[Mirror] = [httpx.URL(url) for url in archive.urls]
    if mirror is None:
        return upstream
    if isinstance(mirror, Path):
        return [mirror / archive.name, *upstream]
    return [mirror.copy_with(path=f"{mirror.path.rstrip('/')}/{archive.name}"), *upstream]


def describe(place: Mirror) -> str:
    """Return a place for a message, without secrets."""
    return str(place) if isinstance(place, Path) else shown(place)


def sources_answer(corpora: Iterable[Corpus], mirror: Mirror | None, timeout_seconds: float = 20.0) -> bool:
    """Tell whether each archive of the corpora can be had from the mirror or from upstream.

    All are asked at once and the answer comes within `timeout_seconds`, whatever the servers and the name look-up do:
    the threads that ask are left behind, and do not keep the process alive.

    Raises:
        InputError: An archive cannot be had because the environment names a proxy or certificates that are of no use.
    """
    archives = [archive for corpus in corpora for archive in corpus.archives]
    deadline = time.monotonic() + timeout_seconds
    patience = Patience(silence_seconds=timeout_seconds, attempts=2)
    answers: SimpleQueue[tuple[int, bool | InputError]] = SimpleQueue()
    waiting = [len(places(archive, mirror)) for archive in archives]
    for index, archive in enumerate(archives):
        for place in places(archive, mirror):
            Thread(target=lambda i, p: answers.put((i, _has(p, patience))), args=(index, place), daemon=True).start()
    lacking = set(range(len(archives)))
    fault: InputError | None = None
    while lacking:
        try:
            index, has = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            break
        waiting[index] -= 1
        if has is True:
            lacking.discard(index)
        elif isinstance(has, InputError):
            fault = has
        if index in lacking and waiting[index] == 0:
            break
    if lacking and fault:
        raise fault
    return not lacking


def _has(place: Mirror, patience: Patience) -> bool | InputError:
    try:
        if isinstance(place, Path):
            return place.is_file()
        probe(place, patience)
    except InputError as error:  # not "no network": handed to the thread that waits
        return error
    except (UnavailableError, OSError):
        return False
    return True
