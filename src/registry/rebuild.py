"""The commands that make a model again from a clone, byte by byte."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from src.config.paths import EXPORTED

_BARE = re.compile(r"(?!(?:null|true|false|inf|nan)$)[a-z_][a-z0-9_-]*", re.IGNORECASE)
"""Text that is text without quotes in Hydra's grammar, which `dvc exp run -S` takes."""


def rebuild_commands(root: Path, commit: str, overrides: list[str], md5: str, folder: str) -> list[str]:
    """Return lines for a shell: clone, environment, pipeline, and the comparison with what was registered.

    Args:
        root: The repository to clone.
        commit: The revision to check out.
        overrides: As `setting_overrides` returns them; without any `dvc repro` does.
        md5: Of the model.
        folder: To clone into; it must not exist.
    """
    clone = ["git", "clone", "--quiet"]
    run = ["dvc", "repro"]
    if overrides:
        # DVC commits what an experiment has made, and git may not know who the user is.
        clone += ["--config", "user.name=pysar", "--config", "user.email=pysar@localhost"]
        run = ["dvc", "exp", "run", *(word for override in overrides for word in ("-S", override))]
    return [
        shlex.join([*clone, str(root), folder]),
        shlex.join(["cd", folder]),
        shlex.join(["git", "checkout", "--quiet", commit]),
        "make env",
        'export PATH="$PWD/.venv/bin:$PATH"',
        shlex.join(run),
        f"echo {shlex.quote(f'{md5}  {EXPORTED.as_posix()}')} | md5sum --check",
    ]


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
