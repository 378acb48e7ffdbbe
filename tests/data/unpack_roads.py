"""The two roads out of a tar, into a folder and into memory, for tests of what both must do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from src.data.fetching.unpack import unpack, unpack_in_memory
from tests.data.raw_corpora import files_in

TAKE = ["glyphs.csv", "glyphs/*.png"]

Road = Callable[[Path, Path, int, list[str]], dict[str, bytes]]


def _into_folder(archive: Path, target: Path, strip: int, take: list[str]) -> dict[str, bytes]:
    unpack(archive, target, strip=strip, take=take)
    return files_in(target)


def _into_memory(archive: Path, target: Path, strip: int, take: list[str]) -> dict[str, bytes]:
    contents = unpack_in_memory(archive, strip=strip, take=take)
    assert files_in(target) == {}
    return contents


both_roads = pytest.mark.parametrize("road", [_into_folder, _into_memory])


def write_archive(folder: Path, content: bytes) -> Path:
    path = folder / "glyphs.tar.gz"
    path.write_bytes(content)
    return path
