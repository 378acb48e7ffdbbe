"""Where MLflow's store is, and what is said of it: without opening it."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from src.errors import InputError

DATABASE = "mlflow.db"
_SQLITE = "sqlite:///"

_ENVIRONMENT = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "PGCONNECT_TIMEOUT": "10",
    "AWS_MAX_ATTEMPTS": "2",
}

_REASON_ENDS = (100, 140)
"""So many characters are shown of a long error: what failed at its beginning, and why, which S3 says at its end."""


def store_root() -> Path:
    """Return the folder of the default store: DVC_ROOT (in `dvc exp run --temp` the parent repository) or here."""
    return Path(os.environ.get("DVC_ROOT") or Path.cwd()).resolve()


def store_uri(root: Path) -> str:
    """Return MLFLOW_TRACKING_URI, or the SQLite store at `root`; an SQLite file's relative path starts at `root`."""
    uri = os.environ.get("MLFLOW_TRACKING_URI") or f"{_SQLITE}{DATABASE}"
    file = uri.removeprefix(_SQLITE)
    if file == uri or not file or file.startswith(":memory:"):
        return uri
    return f"{_SQLITE}{root / file}"


def existing_store(root: Path) -> str:
    """Return `store_uri(root)` for those who only read.

    Raises:
        InputError: It is an SQLite file that does not exist.
    """
    uri = store_uri(root)
    file = Path(uri.removeprefix(_SQLITE))
    if uri.startswith(_SQLITE) and not file.is_file():
        raise InputError(
            f"{file}: no such file: no run was recorded yet; run `make repro`, or where that has nothing to do "
            "`dvc repro --force --single-item evaluate`"
        )
    return uri


def quiet_mlflow() -> None:
    """Ask MLflow, before it is imported, for short waits and no chatter; what the user has set stays."""
    for variable, value in _ENVIRONMENT.items():
        os.environ.setdefault(variable, value)


def short_reason(error: Exception, uri: str) -> str:
    """Return what an error of the store at `uri` says, as one line without its login."""
    said = hide_login(" ".join(str(error).split()), uri) or type(error).__name__
    text, _, _ = said.partition(" (Background on this error at")  # SQLAlchemy's general advice
    head, tail = _REASON_ENDS
    return text if len(text) <= head + tail else f"{text[:head]}…{text[-tail:]}"


def hide_login(text: str, uri: str) -> str:
    """Return a text without the name and password that an address holds."""
    parts = urlsplit(uri)
    login, separator, _ = parts.netloc.rpartition("@")
    for secret in (login + separator, f"?{parts.query}"):  # PostgreSQL takes a password in the query too
        text = text.replace(secret, "") if len(secret) > 1 else text
    return text
