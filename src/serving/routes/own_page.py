"""Only the service's own page, or a program, gives drawings and takes them back: no page of another name does.

A browser says in `Origin` whose page asks, and in `Host` which name was asked. A page elsewhere can neither forge the
one nor choose the other; it can only let its own name lead to this machine, which is why names must be known.
"""

import ipaddress
import re
from collections.abc import Collection
from typing import NamedTuple

from fastapi import HTTPException, Request
from starlette.datastructures import Headers

from src.common.printable import printable
from src.serving.state import state_of

_AUTHORITY = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+?)\.?(?::(?P<port>[0-9]{1,5}))?")
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<authority>[^/]+)")
_PORTS = {"http": 80, "https": 443}
_SAME = {"same-origin", "none"}
_TOLD = 80
"""Characters that are told again of a header."""


class Place(NamedTuple):
    """A host, in lower case and without a dot at its end, and a port; None where none is named."""

    name: str
    port: int | None


def read_place(authority: str) -> Place | None:
    """Return what a `Host` names; None where that is no host."""
    match = _AUTHORITY.fullmatch(authority.lower())
    return Place(match["name"], int(match["port"]) if match["port"] else None) if match else None


def is_known(name: str, hosts: Collection[str]) -> bool:
    """Say whether a host is this service's: a name that is known, or an address, which always leads to itself."""
    return name == "localhost" or name in hosts or _is_address(name)


def is_same(origin: str, host: Place) -> bool:
    """Say whether a page of this `Origin` is this host's; only a port that its scheme implies may be left out."""
    match = _ORIGIN.fullmatch(origin.lower())
    place = read_place(match["authority"]) if match else None
    if match is None or place is None:
        return False
    implied = _PORTS[match["scheme"]]
    return (place.name, place.port or implied) == (host.name, host.port or implied)


def why_foreign(headers: Headers, hosts: Collection[str]) -> str | None:
    """Return why a request is not the own page's; None where it is, or a program's, which sends no `Origin`."""
    asked, origins = headers.getlist("host"), headers.getlist("origin")
    host = read_place(asked[0]) if len(asked) == 1 else None
    if host is None or not is_known(host.name, hosts):
        return f"Host: {_told(asked)} is no name of this service; its operator sets PYSAR_SERVE_HOSTS to those it has"
    if origins and not (len(origins) == 1 and is_same(origins[0], host)):
        return f"Origin: {_told(origins)} is another page's; only this service's own page may ask"
    if not set(headers.getlist("sec-fetch-site")) <= _SAME:
        return "Sec-Fetch-Site: another page asks; only this service's own page may"
    return None


async def own_page(request: Request) -> None:
    """Refuse what another page's visitor did not ask for.

    Raises:
        HTTPException: 403.
    """
    if (reason := why_foreign(request.headers, state_of(request).settings.hosts)) is not None:
        raise HTTPException(403, reason)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _told(values: list[str]) -> str:
    return printable(", ".join(values)[:_TOLD]) or "none"
