"""What killed commands left beside the files that they were writing (src/common/files.py): nobody ever finishes it."""

import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil

_LEFTOVER = re.compile(r"[.].+[.](?P<writer>[0-9]+)[.](tmp|old)")
_WRITTEN = ("data", "models", "reports", ".pysar")
_DEPTH = 4
"""No stage writes deeper than so many folders; raw data, of many files, lie there."""
_CLOCK_SECONDS = 60.0
"""The start of a process is reckoned from that of the machine, which a clock that is set may move."""

logger = logging.getLogger(__name__)


def remove_leftovers(root: Path) -> None:
    """Remove what was left in a repository by commands that run no longer; what cannot be removed is told of."""
    for path in _leftovers(root):
        try:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        except FileNotFoundError:  # somebody else has removed it
            continue
        except OSError as error:
            logger.warning("%s: left by a killed command, and cannot be removed: %s", path, error.strerror)
        else:
            logger.info("%s: left by a killed command, removed", path.relative_to(root))


def _leftovers(root: Path) -> Iterator[Path]:
    patterns = [f"{'*/' * depth}.*.*" for depth in range(_DEPTH)]
    for path in [path for folder in _WRITTEN for pattern in patterns for path in (root / folder).glob(pattern)]:
        match = _LEFTOVER.fullmatch(path.name)
        if match and not _is_written(path, int(match["writer"])):
            yield path


def _is_written(path: Path, writer: int) -> bool:
    """Say whether a process may still be writing: one with this number that is no younger than the file."""
    try:
        return psutil.Process(writer).create_time() <= path.lstat().st_mtime + _CLOCK_SECONDS
    except (psutil.NoSuchProcess, OverflowError):
        return False
    except (psutil.AccessDenied, FileNotFoundError):
        return True
