"""deploy/.env, which Docker Compose reads: lines of NAME=value, for its owner's eyes."""

import os
from collections.abc import Mapping
from pathlib import Path

_HEAD = "# Made by `make deploy-env` and `make deploy-images` for this machine alone: keep it out of git.\n"


def read_settings(path: Path) -> dict[str, str]:
    """Return the settings of a file; none where there is no file."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    pairs = (line.partition("=") for line in lines if _is_setting(line))
    return {name: value for name, _, value in pairs}


def merge_settings(path: Path, settings: Mapping[str, str]) -> None:
    """Set these in a file, which is made if it is not there; every other line stays as it is.

    Raises:
        OSError: It cannot be written; the old one is whole.
    """
    lines = path.read_text("utf-8").splitlines() if path.exists() else [_HEAD.rstrip()]
    kept = [line for line in lines if not (_is_setting(line) and line.partition("=")[0] in settings)]
    text = "".join(f"{line}\n" for line in [*kept, *(f"{name}={value}" for name, value in settings.items())])
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        os.fchmod(stream.fileno(), 0o600)
        stream.write(text)
    part.replace(path)


def _is_setting(line: str) -> bool:
    return "=" in line and not line.lstrip().startswith("#")
