"""Paths as text that finds the file again: names of files are bytes, and not all bytes are text."""

import os
from pathlib import Path


def path_text(path: Path) -> str:
    """Return a POSIX path, or where its bytes are no UTF-8, which no text can hold, its `file:` address."""
    text = path.as_posix()
    try:
        text.encode()
    except UnicodeEncodeError:
        return _of_bytes(path)
    return text


def _of_bytes(path: Path) -> str:
    try:
        return os.fsencode(path.as_posix()).decode()  # a system that is set to ASCII takes all other text for bytes
    except UnicodeDecodeError:
        return path.absolute().as_uri()
