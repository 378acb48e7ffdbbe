import os
import tarfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.common.errors import WorkError
from src.data.fetching.unpack import DamagedError, unpack, unpack_in_memory
from tests.data.raw_corpora import GLYPHS, file_entry, files_in, glyphs_tar, tar_gz
from tests.data.unpack_roads import TAKE, Road, both_roads, write_archive


def _special(name: str, kind: bytes, linkname: str = "") -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, linkname
    return entry, b""


@both_roads
def test_only_what_is_named_is_taken(tmp_path: Path, nested: Path, road: Road) -> None:
    assert road(write_archive(tmp_path, glyphs_tar()), nested, 1, TAKE) == GLYPHS


@both_roads
def test_a_name_is_in_composed_form_whoever_packed_it(tmp_path: Path, nested: Path, road: Road) -> None:
    folder = unicodedata.normalize("NFD", "й")
    assert len(folder) == 2
    archive = write_archive(tmp_path, tar_gz(file_entry(f"r/{folder}/1.png", b"1"), file_entry("r/ї/1.png", b"2")))
    assert road(archive, nested, 1, ["*/*.png"]) == {"й/1.png": b"1", "ї/1.png": b"2"}


@both_roads
def test_a_name_that_is_no_utf_8_is_refused(tmp_path: Path, nested: Path, road: Road) -> None:
    archive = write_archive(tmp_path, tar_gz(file_entry("r/\udcff.png", b"1")))
    with pytest.raises(WorkError, match=r"entry 'r/\\udcff\.png' has a name that is no UTF-8"):
        road(archive, nested, 1, ["*.png"])


@pytest.fixture
def umask_of_a_group() -> Iterator[None]:
    before = os.umask(0o002)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask_of_a_group")
@pytest.mark.parametrize("mode", [0, 0o6777])
def test_an_unpacked_file_is_no_program_and_can_be_read_by_its_owner(tmp_path: Path, nested: Path, mode: int) -> None:
    entry, content = file_entry("r/glyphs.csv", b"x")
    entry.mode = mode
    unpack(write_archive(tmp_path, tar_gz((entry, content))), nested, strip=1, take=["glyphs.csv"])
    assert (nested / "glyphs.csv").stat().st_mode & 0o7022 == 0
    assert (nested / "glyphs.csv").stat().st_mode & 0o0111 == 0
    assert os.access(nested / "glyphs.csv", os.R_OK)


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


@both_roads
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_entry_is_refused_by_name_and_nothing_leaves_the_target(
    tmp_path: Path, nested: Path, kind: str, road: Road
) -> None:
    entry, content = HOSTILE[kind]
    hostile = tar_gz((entry, content), file_entry("r/glyphs.csv"), file_entry("r/glyphs/a.png", b"through the link"))
    archive = write_archive(tmp_path, hostile)
    with pytest.raises(WorkError) as caught:
        road(archive, nested, 1, TAKE)
    assert str(caught.value).startswith(f"glyphs.tar.gz: entry {entry.name!r} ")
    assert "\n" not in str(caught.value)
    assert not isinstance(caught.value, DamagedError)
    assert files_in(tmp_path) == {"glyphs.tar.gz": archive.read_bytes()}


@both_roads
def test_a_sparse_file_that_claims_a_huge_size_is_refused(tmp_path: Path, nested: Path, road: Road) -> None:
    entry = tarfile.TarInfo("r/glyphs.csv")
    entry.pax_headers = {"GNU.sparse.map": "0,0", "GNU.sparse.size": str(2**60)}
    with pytest.raises(WorkError, match="neither a plain file nor a folder"):
        road(write_archive(tmp_path, tar_gz((entry, b""))), nested, 1, ["glyphs.csv"])


@both_roads
def test_an_entry_that_is_there_twice_is_refused(tmp_path: Path, nested: Path, road: Road) -> None:
    twice = tar_gz(file_entry("r/glyphs.csv", b"1"), file_entry("r/./glyphs.csv", b"2"))
    with pytest.raises(WorkError, match="twice"):
        road(write_archive(tmp_path, twice), nested, 1, ["glyphs.csv"])


@pytest.mark.parametrize("name", ["r/glyphs.csv", "r/not-taken"])
def test_a_bomb_is_stopped_at_the_limit(tmp_path: Path, nested: Path, name: str) -> None:
    bomb = tar_gz(file_entry(name, bytes(5_000_000)))
    assert len(bomb) < 10_000
    with pytest.raises(WorkError, match="more than 1,000,000 bytes"):
        unpack(write_archive(tmp_path, bomb), nested, strip=1, take=["glyphs.csv"], most_bytes=1_000_000)
    assert sum(len(content) for content in files_in(nested).values()) <= 1_000_000


def test_what_is_held_in_memory_is_bounded(tmp_path: Path) -> None:
    archive = write_archive(tmp_path, tar_gz(file_entry("r/a", bytes(600)), file_entry("r/b", bytes(600))))
    assert len(unpack_in_memory(archive, strip=1, take=["*"], most_held=1202)) == 2
    with pytest.raises(WorkError, match="more than 1,201 bytes are to be taken"):
        unpack_in_memory(archive, strip=1, take=["*"], most_held=1201)


@both_roads
def test_an_archive_of_too_many_entries_is_refused(
    tmp_path: Path, nested: Path, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.data.fetching.unpack.MOST_ENTRIES", 3)
    three, four = (tar_gz(*(file_entry(f"r/{number}") for number in range(count))) for count in (3, 4))
    assert len(road(write_archive(tmp_path, three), nested, 1, ["*"])) == 3
    with pytest.raises(WorkError, match="entry 'r/3' is one of more than 3 entries"):
        road(write_archive(tmp_path, four), nested / "other", 1, ["*"])
