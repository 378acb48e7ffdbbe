import gzip
import io
import os
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.data.unpack import DamagedError, unpack
from src.errors import WorkError
from tests.data.raw_corpora import GLYPHS, file_entry, glyphs_tar, tar_gz

TAKE = ["glyphs.csv", "glyphs/*.png"]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "nest" / "target"
    folder.mkdir(parents=True)
    return folder


def _archive(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "glyphs.tar.gz"
    path.write_bytes(content)
    return path


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _special(name: str, kind: bytes, linkname: str = "") -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, linkname
    return entry, b""


def test_only_what_is_named_is_taken(tmp_path: Path, target: Path) -> None:
    unpack(_archive(tmp_path, glyphs_tar()), target, strip=1, take=TAKE)
    assert _files(target) == GLYPHS


def test_an_unpacked_file_is_no_program_and_can_be_read_by_its_owner(tmp_path: Path, target: Path) -> None:
    entry, content = file_entry("r/glyphs.csv", b"x")
    entry.mode = 0o6777
    unpack(_archive(tmp_path, tar_gz((entry, content))), target, strip=1, take=["glyphs.csv"])
    assert (target / "glyphs.csv").stat().st_mode & 0o7022 == 0
    assert os.access(target / "glyphs.csv", os.R_OK)


HOSTILE = {
    "parent": file_entry("../escaped", b"x"),
    "parent within": file_entry("r/glyphs/../../../escaped", b"x"),
    "parent that strip would cut off": file_entry("../glyphs.csv", b"x"),
    "absolute": file_entry("/tmp/pysar-escaped", b"x"),  # noqa: S108  # it must not be written
    "symbolic link": _special("r/glyphs.csv", tarfile.SYMTYPE, "/etc/passwd"),
    "symbolic link to a folder": _special("r/glyphs", tarfile.SYMTYPE, ".."),
    "hard link": _special("r/glyphs.csv", tarfile.LNKTYPE, "r/other"),
    "character device": _special("r/glyphs.csv", tarfile.CHRTYPE),
    "block device": _special("r/glyphs.csv", tarfile.BLKTYPE),
    "pipe": _special("r/glyphs.csv", tarfile.FIFOTYPE),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_entry_is_refused_by_name_and_nothing_leaves_the_target(
    tmp_path: Path, target: Path, kind: str
) -> None:
    entry, content = HOSTILE[kind]
    hostile = tar_gz((entry, content), file_entry("r/glyphs.csv"), file_entry("r/glyphs/a.png", b"through the link"))
    archive = _archive(tmp_path, hostile)
    with pytest.raises(WorkError) as caught:
        unpack(archive, target, strip=1, take=TAKE)
    assert str(caught.value).startswith(f"glyphs.tar.gz: entry {entry.name!r} ")
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, DamagedError)
    assert _files(tmp_path) == {"glyphs.tar.gz": archive.read_bytes()}


def test_a_sparse_file_that_claims_a_huge_size_is_refused(tmp_path: Path, target: Path) -> None:
    entry = tarfile.TarInfo("r/glyphs.csv")
    entry.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(2**60)}
    with pytest.raises(WorkError, match="neither a plain file nor a folder"):
        unpack(_archive(tmp_path, tar_gz((entry, b""))), target, strip=1, take=["glyphs.csv"])


def test_an_entry_that_is_there_twice_is_refused(tmp_path: Path, target: Path) -> None:
    twice = tar_gz(file_entry("r/glyphs.csv", b"1"), file_entry("r/./glyphs.csv", b"2"))
    with pytest.raises(WorkError, match="twice"):
        unpack(_archive(tmp_path, twice), target, strip=1, take=["glyphs.csv"])


@pytest.mark.parametrize("name", ["r/glyphs.csv", "r/not-taken"])
def test_a_bomb_is_stopped_at_the_limit(tmp_path: Path, target: Path, name: str) -> None:
    bomb = tar_gz(file_entry(name, bytes(5_000_000)))
    assert len(bomb) < 10_000
    with pytest.raises(WorkError, match="more than 1,000,000 bytes"):
        unpack(_archive(tmp_path, bomb), target, strip=1, take=["glyphs.csv"], most_bytes=1_000_000)
    assert sum(len(content) for content in _files(target).values()) <= 1_000_000


@pytest.mark.parametrize("part", [0, 1, 10, 40, 99])
def test_a_truncated_archive_is_reported_in_one_line(tmp_path: Path, target: Path, part: int) -> None:
    whole = glyphs_tar()
    archive = _archive(tmp_path, whole[: len(whole) * part // 100])
    with pytest.raises(DamagedError) as caught:
        unpack(archive, target, strip=1, take=TAKE)
    assert str(caught.value).startswith("glyphs.tar.gz: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"<html>not found</html>", gzip.compress(b"no tar" * 200, mtime=0), b"\x1f\x8b\x08"]
)
def test_what_is_no_archive_is_reported_in_one_line(tmp_path: Path, target: Path, content: bytes) -> None:
    with pytest.raises(DamagedError, match=r"glyphs\.tar\.gz: corrupt or truncated"):
        unpack(_archive(tmp_path, content), target, strip=1, take=TAKE)


def test_an_archive_without_what_is_wanted_says_what_it_lacks(tmp_path: Path, target: Path) -> None:
    with pytest.raises(DamagedError, match=r"glyphs\.tar\.gz: holds no glyphs/\*\.png"):
        unpack(_archive(tmp_path, tar_gz(file_entry("r/glyphs.csv"))), target, strip=1, take=TAKE)


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
    archive = _archive(folder, gzip.compress(content, 1) if inside else bytes(content))
    with suppress(WorkError):
        unpack(archive, folder / "target", strip=1, take=TAKE)
    assert {path.name for path in folder.iterdir()} == {"glyphs.tar.gz", "target"}


def test_a_header_that_promises_more_than_comes_is_damage(tmp_path: Path, target: Path) -> None:
    buffer = io.BytesIO()
    entry = tarfile.TarInfo("r/glyphs.csv")
    entry.size = 10**9
    buffer.write(entry.tobuf())
    with pytest.raises(DamagedError):
        unpack(_archive(tmp_path, gzip.compress(buffer.getvalue() + b"short")), target, strip=1, take=["glyphs.csv"])
