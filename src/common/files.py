"""Write beside, then rename: a reader sees the whole file or none."""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WRITE_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}


@contextmanager
def replace_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`; rename it to `path` on success, delete it on failure.

    Raises:
        OSError: The folder cannot be written, or the disk is full; it names `path`, which is left as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        _name(error, temporary, path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replace_folder(path: Path) -> Iterator[Path]:
    """Yield an empty temporary folder beside `path`; it takes the place of `path` on success only.

    What is at `path` is moved aside, never half-deleted: a kill between leaves the old folder, the new one or none.

    Raises:
        OSError: The parent cannot be written, or the disk is full; it names `path`, which is left as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)  # left by a killed process that had the same number
    try:
        temporary.mkdir()
        yield temporary
        _swap(temporary, path)
    except OSError as error:
        _name(error, temporary, path)
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_json(path: Path, value: object) -> None:
    """Write `value` as indented JSON in the given key order; NaN is refused because JSON has none."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    with replace_file(path) as temporary:
        temporary.write_text(text + "\n", encoding="utf-8")


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text."""
    with replace_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _swap(new: Path, path: Path) -> None:
    """Put the folder `new` in the place of whatever is at `path`."""
    if not (path.exists() or path.is_symlink()):
        new.replace(path)
        return
    old = new.with_suffix(".old")
    path.rename(old)
    try:
        new.replace(path)
    except OSError:
        old.rename(path)
        raise
    if old.is_dir() and not old.is_symlink():
        shutil.rmtree(old)
    else:
        old.unlink()


def _name(error: OSError, temporary: Path, path: Path) -> None:
    """Let an error name the path that the user knows, where it names the temporary one or, when writing, none."""
    if error.filename is None:
        ours = error.errno in _WRITE_ERRORS
    else:
        ours = isinstance(error.filename, str) and Path(error.filename).is_relative_to(temporary)
    if ours:
        error.filename, error.filename2 = str(path), None
