"""How the API's description tells of answers that refuse: all have one shape, `{"detail": "one line"}`."""

from collections.abc import Mapping
from typing import Any

_SCHEMA = {
    "type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"],
    "additionalProperties": False,
}  # fmt: skip
_CONTENT = {"application/json": {"schema": _SCHEMA}}


def refusals(reasons: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """Return what FastAPI wants to know of them, by status."""
    return {status: {"description": reason, "content": _CONTENT} for status, reason in reasons.items()}
