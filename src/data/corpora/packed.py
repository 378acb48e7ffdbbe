"""Many small files as one: a zip whose bytes depend on nothing but names and contents.

DVC, disks and copies take a hundred thousand pictures of 300 bytes slowly, and one file of 40 MB at once.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from src.common.errors import InputError
from src.common.files import replace_file

_NO_DATE = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16


def write_packed(path: Path, members: Mapping[str, bytes]) -> None:
    """Write contents by name (a relative path with `/`), sorted by name and not compressed: pictures are already.

    Raises:
        OSError: The disk is full or the folder cannot be written.
    """
    with replace_file(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as packed:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.external_attr = _PLAIN_FILE
            packed.writestr(entry, members[name])


def read_packed(path: Path) -> dict[str, bytes]:
    """Return all contents by name, in the order of names.

    Raises:
        InputError: The file is missing, or is no whole zip.
    """
    cure = "delete it and run `dvc repro`"
    try:
        with zipfile.ZipFile(path) as packed:
            return {name: packed.read(name) for name in packed.namelist()}
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; run `dvc repro` to get it") from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise InputError(f"{path}: no whole zip ({error}); {cure}") from error
