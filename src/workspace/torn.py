"""What DVC writes in place, and cannot read again where a kill or a full disk has torn it: its lock files."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from ruamel.yaml.error import YAMLError

from src.common.yaml_file import parse_yaml

logger = logging.getLogger(__name__)

_PRIVATE = Path(".dvc/tmp")


def set_torn_aside(root: Path) -> None:
    """Set aside, with one line each, what DVC would refuse for ever: its list of who reads and writes what, dvc.lock.

    Raises:
        OSError: A folder cannot be written.
    """
    private = root / _PRIVATE
    if not private.is_dir():  # DVC has not run yet
        return
    with _unless_held(private / "rwlock.lock") as free:
        if free:
            _check(private / "rwlock", _is_list_of_users, "DVC makes it anew")
    with _unless_held(private / "lock") as free:
        for lock in (root / "dvc.lock", *root.glob("pipelines/*/dvc.lock")) if free else ():
            git_s = f"`git restore {lock.relative_to(root)}` gives git's"
            _check(lock, _is_whole_lock, f"DVC looks in its cache for what it knew; {git_s}")


@contextmanager
def _unless_held(lock: Path) -> Iterator[bool]:
    """Hold one of DVC's locks, which are the system's; yield whether it could be had: a living DVC may be writing."""
    holder = FileLock(lock, blocking=False, fallback_to_soft=False)
    try:
        holder.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        holder.release()


def _check(path: Path, is_whole: Callable[[str], bool], then: str) -> None:
    try:
        whole = is_whole(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    except (ValueError, YAMLError):
        whole = False
    if not whole:
        aside = path.with_name(f"{path.name}.torn")
        path.replace(aside)
        logger.warning("%s: torn, set aside as %s; %s", path, aside.name, then)


def _is_list_of_users(text: str) -> bool:
    return isinstance(json.loads(text), dict)


def _is_whole_lock(text: str) -> bool:
    """Say whether a dvc.lock has an end: cut after a line it often is YAML still, and DVC would forget what follows."""
    document = parse_yaml(text)
    stages = document.get("stages") if isinstance(document, dict) else None
    if not text.endswith("\n") or not isinstance(stages, dict) or not stages:
        return False
    last = list(stages.values())[-1]
    if not isinstance(last, dict) or not last.get("outs"):  # what DVC writes last, and each stage of ours has
        return False
    return all("path" in file and "size" in file for kind in ("deps", "outs") for file in last.get(kind) or ())
