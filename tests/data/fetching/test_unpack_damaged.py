import gzip
import io
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.errors import WorkError
from src.data.fetching.unpack import DamagedError, unpack, unpack_in_memory
from tests.data.raw_corpora import file_entry, glyphs_tar, tar_gz
from tests.data.unpack_roads import TAKE, Road, both_roads, write_archive


@both_roads
@pytest.mark.parametrize("part", [0, 1, 10, 40, 99])
def test_a_truncated_archive_is_reported_in_one_line(tmp_path: Path, nested: Path, part: int, road: Road) -> None:
    whole = glyphs_tar()
    archive = write_archive(tmp_path, whole[: len(whole) * part // 100])
    with pytest.raises(DamagedError) as caught:
        road(archive, nested, 1, TAKE)
    assert str(caught.value).startswith("glyphs.tar.gz: ")
    assert "\n" not in str(caught.value)


@both_roads
@pytest.mark.parametrize(
    "content", [b"<html>not found</html>", gzip.compress(b"no tar" * 200, mtime=0), b"\x1f\x8b\x08"]
)
def test_what_is_no_archive_is_reported_in_one_line(tmp_path: Path, nested: Path, content: bytes, road: Road) -> None:
    with pytest.raises(DamagedError, match=r"glyphs\.tar\.gz: corrupt or truncated"):
        road(write_archive(tmp_path, content), nested, 1, TAKE)


@both_roads
def test_an_archive_without_what_is_wanted_says_what_it_lacks(tmp_path: Path, nested: Path, road: Road) -> None:
    with pytest.raises(DamagedError, match=r"glyphs\.tar\.gz: holds no glyphs/\*\.png"):
        road(write_archive(tmp_path, tar_gz(file_entry("r/glyphs.csv"))), nested, 1, TAKE)


@settings(deadline=None)
@given(position=st.integers(0, 10**6), value=st.integers(0, 255), inside=st.booleans())
def test_no_damaged_byte_ends_in_anything_but_a_work_error(
    tmp_path_factory: pytest.TempPathFactory, position: int, value: int, *, inside: bool
) -> None:
    """`inside` damages the tar, else its compressed form."""
    content = bytearray(gzip.decompress(glyphs_tar()) if inside else glyphs_tar())
    content[position % len(content)] = value
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "target").mkdir()
    archive = write_archive(folder, gzip.compress(content, 1) if inside else bytes(content))
    with suppress(WorkError):
        unpack(archive, folder / "target", strip=1, take=TAKE)
    with suppress(WorkError):
        unpack_in_memory(archive, strip=1, take=TAKE)
    assert {path.name for path in folder.iterdir()} == {"glyphs.tar.gz", "target"}


@both_roads
def test_a_header_that_promises_more_than_comes_is_damage(tmp_path: Path, nested: Path, road: Road) -> None:
    buffer = io.BytesIO()
    entry = tarfile.TarInfo("r/glyphs.csv")
    entry.size = 10**8
    buffer.write(entry.tobuf())
    with pytest.raises(DamagedError):
        road(write_archive(tmp_path, gzip.compress(buffer.getvalue() + b"short")), nested, 1, ["glyphs.csv"])
