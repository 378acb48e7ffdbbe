"""Names for content: SHA-256, and the MD5 by which DVC knows files and folders."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

_NOT_CODE = {"__pycache__"}
"""Folders that .dvcignore leaves out."""


def bytes_digest(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def parts_digest(parts: Iterable[bytes]) -> str:
    """Return the SHA-256 of parts as if they were one, in hex; they need not all be in memory."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def file_digest(path: Path, algorithm: str = "sha256") -> str:
    """Return the SHA-256 of a file's bytes, in hex, or what another algorithm of hashlib gives."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def tree_digest(folder: Path) -> str:
    """Return the SHA-256 over each file's sorted POSIX path and SHA-256: one digest for a folder's content.

    Paths are sorted by their parts: `glyphs/a.png` comes before `glyphs.csv`.
    """
    files = (path for path in folder.rglob("*") if path.is_file())
    return _tree_digest({path.relative_to(folder).as_posix(): file_digest(path) for path in files})


def contents_digest(contents: Mapping[str, bytes]) -> str:
    """Return the `tree_digest` of a folder that held these contents by POSIX path."""
    return _tree_digest({path: bytes_digest(content) for path, content in contents.items()})


def _tree_digest(digests: Mapping[str, str]) -> str:
    paths = sorted(digests, key=lambda path: path.split("/"))
    return parts_digest(f"{digests[path]}  {path}\n".encode() for path in paths)


def md5_of(content: bytes) -> str:
    """Return DVC 3's name for a file's content, in hex."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def file_md5(path: Path) -> str:
    """Return DVC 3's name for a file's content, in hex.

    Raises:
        OSError: The file cannot be read.
    """
    return file_digest(path, "md5")


def listed_md5(digests: Mapping[str, str]) -> str:
    """Return DVC 3's name for a folder's content: the MD5 of its files' names and MD5s as JSON.

    Args:
        digests: MD5 of each file, by its POSIX path in the folder.
    """
    files = [{"md5": digests[name], "relpath": name} for name in sorted(digests)]
    return f"{md5_of(json.dumps(files, sort_keys=True).encode())}.dir"


def folder_md5(folder: Path) -> str | None:
    """Return DVC 3's name for a folder's content; None where no file is in it.

    Raises:
        OSError: A file cannot be read.
    """
    files = (path for path in folder.rglob("*") if path.is_file() and not _NOT_CODE & set(path.parts))
    digests = {path.relative_to(folder).as_posix(): file_md5(path) for path in files}
    return listed_md5(digests) if digests else None
