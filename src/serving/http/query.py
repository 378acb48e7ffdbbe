"""Query parameters that a route does not know, or that come twice: a slip would go unnoticed otherwise."""

from difflib import get_close_matches

from fastapi import HTTPException, Request
from fastapi.routing import APIRoute

_TOLD = 40
"""Characters of a name that are told again: it is the client's."""


async def check_query(request: Request) -> None:
    """Refuse a query with a parameter that its route does not have, or has twice.

    Raises:
        HTTPException: 422; it says which one may have been meant.
    """
    route = request.scope["route"]
    known = [field.alias for field in route.dependant.query_params] if isinstance(route, APIRoute) else []
    for name in request.query_params:
        if name not in known:
            raise HTTPException(422, f"{name[:_TOLD]!r}: no such parameter; {_meant(name, known)}")
        if len(request.query_params.getlist(name)) > 1:
            raise HTTPException(422, f"{name}: given more than once; give it once")


def _meant(name: str, known: list[str]) -> str:
    near = get_close_matches(name[:_TOLD].lower(), known, 1)
    if near:
        return f"{near[0]} is meant?"
    return f"there are {', '.join(known)}" if known else "there are none here"
