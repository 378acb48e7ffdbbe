"""What `dvc exp run -S` takes to turn one set of params into another."""

import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"(?!(?:null|true|false|inf|nan)$)[a-z_][a-z0-9_-]*", re.IGNORECASE)
"""Text that is text without quotes in Hydra's grammar, which `dvc exp run -S` takes."""


def setting_overrides(settings: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    """Return the arguments of `dvc exp run -S` that turn the settings `there` into `settings`."""
    changed = [
        f"{'' if name in there else '++'}{name}={_spelled(value)}"
        for name, value in settings.items()
        if name not in there or repr(there[name]) != repr(value)  # 1 is not 1.0
    ]
    return changed + [f"~{name}" for name in there if name not in settings]


def _spelled(value: object) -> str:
    """Return a value in Hydra's grammar."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # In Hydra backslashes count only where a quote follows, be it the last one.
        escaped = re.sub(r"(\\*)('|$)", lambda found: found[1] * 2 + (r"\'" if found[2] else ""), value)
        return value if _BARE.fullmatch(value) else f"'{escaped}'"
    if isinstance(value, list):
        return f"[{','.join(map(_spelled, value))}]"
    return repr(value)
