"""Where MLflow's store is, and what is said of it: without opening it."""

import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from src.common.errors import InputError

DATABASE = "mlflow.db"
_SQLITE = re.compile(r"sqlite(\+pysqlite)?:///(?P<file>[^?]+)(?P<query>\?.*)?", re.DOTALL)

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

_OLD_TABLES = "mlflow db upgrade <database_uri>"
_OLD_TABLES_CURE = (
    "its tables are of another MLflow than this one; keep a copy of the database, "
    "then run `mlflow db upgrade '{address}'`"
)
"""MLflow's own words are six lines, whose middle is the cure."""


def store_root() -> Path:
    """Return the folder of the default store: DVC_ROOT (in `dvc exp run --temp` the parent repository) or here.

    A DVC_ROOT that is no folder, such as of a checkout that has moved since, is not made anew.
    """
    given = Path(os.environ.get("DVC_ROOT") or ".")
    return (given if given.is_dir() else Path.cwd()).resolve()


def store_uri(root: Path) -> str:
    """Return MLFLOW_TRACKING_URI, or the SQLite store at `root`; an SQLite file's relative path starts at `root`."""
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    if not uri:
        return sqlite_address(root / DATABASE)
    file, parts = sqlite_file(uri), _SQLITE.fullmatch(uri)
    return uri if file is None or parts is None else f"{sqlite_address(root / file)}{parts['query'] or ''}"


def existing_store(root: Path) -> str:
    """Return `store_uri(root)` for those who only read.

    Raises:
        InputError: It is an SQLite file that does not exist.
    """
    uri = store_uri(root)
    file = sqlite_file(uri)
    if file is not None and not file.is_file():
        raise InputError(
            f"{file}: no such file: no run was recorded yet; run `make repro`, or where that has nothing to do "
            "`dvc repro --force --single-item evaluate`"
        )
    return uri


def sqlite_address(file: Path) -> str:
    """Return the address of an SQLite file, in which `?` ends no path and `%41` is not read as A."""
    path = str(file)
    encoded = path.replace("%", "%25").replace("?", "%3F")
    # Of `sqlite:///` MLflow makes the folder, of the name as it is encoded.
    return f"sqlite:///{path}" if encoded == path else f"sqlite+pysqlite:///{encoded}"


def sqlite_file(address: str) -> Path | None:
    """Return the file of an SQLite address, as SQLAlchemy reads it; None where it is of another kind, or in memory."""
    parts = _SQLITE.fullmatch(address)
    if parts is None or parts["file"].startswith((":memory:", "file:")):
        return None
    return Path(unquote(parts["file"]))


def quiet_mlflow() -> None:
    """Ask MLflow, before it is imported, for short waits and no chatter; what the user has set stays."""
    for variable, value in _ENVIRONMENT.items():
        os.environ.setdefault(variable, value)


def short_reason(error: Exception, uri: str) -> str:
    """Return what an error of the store at `uri` says, as one line without its login."""
    said = hide_login(" ".join(str(error).split()), uri) or type(error).__name__
    text, _, _ = said.partition(" (Background on this error at")  # SQLAlchemy's general advice
    if _OLD_TABLES in text:
        return _OLD_TABLES_CURE.format(address=hide_login(uri, uri))
    head, tail = _REASON_ENDS
    return text if len(text) <= head + tail else f"{text[:head]}…{text[-tail:]}"


def hide_login(text: str, uri: str) -> str:
    """Return a text without the name and password that an address holds."""
    parts = urlsplit(uri)
    login, separator, _ = parts.netloc.rpartition("@")
    for secret in (login + separator, f"?{parts.query}"):  # PostgreSQL takes a password in the query too
        text = text.replace(secret, "") if len(secret) > 1 else text
    return text
