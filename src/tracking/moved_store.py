"""The store follows its checkout: MLflow's database holds absolute addresses of artifacts, and a folder may be moved.

A copy of a checkout is such a move, too: it must not write to the place of the other, which goes on. What lies outside
of the checkout, by MLFLOW_DEFAULT_ARTIFACT_ROOT or in S3, stays where it is.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from src.common.errors import WorkError

logger = logging.getLogger(__name__)

ARTIFACTS = "mlartifacts"
"""Folder of the checkout where an experiment's artifacts lie by default."""
BUSY_SECONDS = 5.0
"""So long is a database waited for that another process writes to, as MLflow itself waits."""

_ADDRESSES = (
    ("experiments", "artifact_location"), ("runs", "artifact_uri"), ("logged_models", "artifact_location"),
    ("model_versions", "source"), ("model_versions", "storage_location"), ("trace_tags", "value"),
)  # fmt: skip
_TABLE = "pysar_checkout"
"""Has one row: the checkout for which the addresses are. MLflow does not look at tables of others."""


def follow_checkout(database: Path, root: Path) -> None:
    """Let the addresses of artifacts within the checkout be those of where it is now, in one transaction.

    Args:
        database: MLflow's SQLite file. It belongs to the nearest folder above it that holds a dvc.yaml or is `root`;
            one that lies in none is nobody's, and is left as it is.
        root: Where this process works.

    Raises:
        WorkError: It is no database, cannot be written, or is busy for long.
    """
    database = database.resolve()
    here = _checkout_of(database, root.resolve())
    try:
        if here is not None:
            _follow(database, here)
    except sqlite3.OperationalError as error:
        raise WorkError(f"{database}: {error}; try again when no other process holds it") from error
    except sqlite3.Error as error:
        raise WorkError(f"{database}: {error}; move it away, and a new one is made") from error


def _follow(database: Path, here: Path) -> None:
    with closing(sqlite3.connect(database, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        recorded = _recorded(connection)
        if recorded == here or (recorded and _is_same(recorded / database.relative_to(here), database)):
            return
        connection.execute("BEGIN IMMEDIATE")  # what fails from here on is rolled back when the connection closes
        before = _recorded(connection) or _first_place(connection, here)
        moved = sum(_rewrite(connection, *column, before, here) for column in _ADDRESSES) if before != here else 0
        connection.execute(f"CREATE TABLE IF NOT EXISTS {_TABLE} (path TEXT NOT NULL)")
        connection.execute(f"DELETE FROM {_TABLE}")  # noqa: S608 - our own words
        connection.execute(f"INSERT INTO {_TABLE} VALUES (?)", (str(here),))  # noqa: S608 - our own words
        connection.execute("COMMIT")
    if moved:
        logger.info("%s: %d addresses of artifacts in %s are now in %s", database, moved, before, here)


def _checkout_of(database: Path, root: Path) -> Path | None:
    """Return the nearest folder above the database that is a checkout."""
    for folder in database.parents:
        if folder == root or ((folder / "dvc.yaml").is_file() and folder.parent.name != "pipelines"):
            return folder
    return None


def _is_same(one: Path, other: Path) -> bool:
    """Tell whether two paths lead to one file, as where a folder is mounted at two places."""
    return one.exists() and one.samefile(other)


def _recorded(connection: sqlite3.Connection) -> Path | None:
    if not _columns(connection, _TABLE):
        return None
    row = connection.execute(f"SELECT path FROM {_TABLE}").fetchone()  # noqa: S608 - our own words
    return Path(row[0]) if row else None


def _first_place(connection: sqlite3.Connection, here: Path) -> Path:
    """Return where the checkout was, of a database from before that was recorded.

    Another folder's `mlartifacts` were its own where artifacts of such a run are here, too.
    """
    if not {"artifact_uri", "run_uuid"} <= _columns(connection, "runs"):
        return here
    for run, address in connection.execute("SELECT run_uuid, artifact_uri FROM runs"):
        folder = _local_path(address or "")
        if folder is None:
            continue
        place = next((parent for parent in folder.parents if parent.name == ARTIFACTS), None)
        if place is not None and place.parent != here and (here / ARTIFACTS / run).is_dir():
            return place.parent
    return here


def _local_path(address: str) -> Path | None:
    parts = urlsplit(address)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    return Path(address) if address.startswith("/") else None


def _rewrite(connection: sqlite3.Connection, table: str, column: str, before: Path, here: Path) -> int:
    if column not in _columns(connection, table):
        return 0  # a database of another MLflow, which will say so
    changed = 0
    for old, new in _spellings(before, here):
        changed += connection.execute(
            f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608 - our own words
            f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
            (new, len(old) + 1, old, len(old) + 1, f"{old}/"),
        ).rowcount
    return changed


def _spellings(before: Path, here: Path) -> Iterator[tuple[str, str]]:
    """Yield how an address may begin, and how it is to begin: as MLflow writes it, and as people do."""
    yield before.as_uri(), here.as_uri()
    if before.as_uri() != f"file://{before}":
        yield f"file://{before}", here.as_uri()
    yield str(before), str(here)


def _columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
