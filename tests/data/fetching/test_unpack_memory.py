"""Memory follows the promise of the unpacking, not what an archive says of itself."""

import gzip
import struct
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from src.common.errors import WorkError
from src.data.fetching.unpack import DamagedError
from src.data.fetching.unpack_zip import unpack_zip
from tests.data.raw_corpora import file_entry, tar_gz
from tests.data.unpack_roads import TAKE, Road, both_roads, write_archive

MEGABYTE = 1024**2
MOST_MEMORY = 24 * MEGABYTE


def _header(name: str, kind: bytes, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.type, entry.size = kind, size
    return entry.tobuf(tarfile.USTAR_FORMAT)


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % tarfile.BLOCKSIZE)


def _record(keyword: str, value: str) -> bytes:
    length = len(f" {keyword}={value}\n")
    total = length + len(str(length + len(str(length))))
    return f"{total} {keyword}={value}\n".encode()


def _one(kind: bytes, content: bytes) -> Iterator[bytes]:
    yield _header("h", kind, len(content))
    yield _padded(content)


def _many(kind: bytes, contents: Iterable[bytes]) -> Iterator[bytes]:
    """Headers of their own, each before an entry."""
    for number, content in enumerate(contents):
        yield from _one(kind, content)
        yield _header(f"r/other/{number}", tarfile.REGTYPE, 0)


def _sparse_map() -> Iterator[bytes]:
    """Of GNU's old format: each block says that another one follows."""
    yield _header("r/glyphs.csv", tarfile.GNUTYPE_SPARSE, 0)
    block = b"%011o\0%011o\0" % (1, 1) * 21
    for _ in range(100_000):
        yield block + b"\1" + bytes(7)


def _sparse_map_in_content() -> Iterator[bytes]:
    """Of PAX's format 1.0: the content begins with the map, a number a line."""
    records = _record("GNU.sparse.major", "1") + _record("GNU.sparse.minor", "0") + _record("GNU.sparse.realsize", "9")
    yield from _one(tarfile.XHDTYPE, records)
    content = b"9999999\n" + b"1\n" * (20 * MEGABYTE)
    yield _header("r/glyphs.csv", tarfile.REGTYPE, len(content))
    yield _padded(content)


HEADERS: dict[str, Callable[[], Iterator[bytes]]] = {
    "PAX header": lambda: _one(tarfile.XHDTYPE, _record("comment", "x" * 60 * MEGABYTE)),
    "PAX header of zeros": lambda: _one(tarfile.XHDTYPE, bytes(60 * MEGABYTE)),
    "PAX header of small records": lambda: _one(tarfile.XHDTYPE, b"".join(_record(f"k{n}", "") for n in range(10**6))),
    "Solaris's PAX header": lambda: _one(tarfile.SOLARIS_XHDTYPE, bytes(60 * MEGABYTE)),
    "global PAX header": lambda: _one(tarfile.XGLTYPE, bytes(60 * MEGABYTE)),
    "many global PAX headers": lambda: _many(
        tarfile.XGLTYPE, (_record(f"key{number}", "x" * 9000) for number in range(6000))
    ),
    "many global PAX headers in a row": lambda: (
        block for number in range(6000) for block in _one(tarfile.XGLTYPE, _record(f"key{number}", "x" * 9000))
    ),
    "many PAX headers": lambda: _many(tarfile.XHDTYPE, (_record("comment", "x" * 9000) for _ in range(6000))),
    "GNU long name": lambda: _one(tarfile.GNUTYPE_LONGNAME, b"x" * 60 * MEGABYTE),
    "GNU long link": lambda: _one(tarfile.GNUTYPE_LONGLINK, b"x" * 60 * MEGABYTE),
    "many GNU long names": lambda: _many(tarfile.GNUTYPE_LONGNAME, (b"n%d/" % n + b"x/" * 4500 for n in range(6000))),
    "GNU sparse map": _sparse_map,
    "PAX sparse map": lambda: _one(tarfile.XHDTYPE, _record("GNU.sparse.map", "1," * 20 * MEGABYTE + "1")),
    "PAX sparse map in the content": _sparse_map_in_content,
    "headers of headers": lambda: (block for _ in range(5000) for block in _one(tarfile.XHDTYPE, b"")),
}


def _tar_gz(folder: Path, blocks: Iterable[bytes]) -> Path:
    path = folder / "glyphs.tar.gz"
    wanted = gzip.decompress(tar_gz(file_entry("r/glyphs.csv", b"1"), file_entry("r/glyphs/a.png", b"2")))
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for block in blocks:
            stream.write(block)
        stream.write(wanted)
    return path


def _peak(work: Callable[[], object]) -> int:
    """Return the most memory that Python held while it worked; refusals are welcome."""
    tracemalloc.start()
    try:
        work()
    except WorkError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


@both_roads
@pytest.mark.parametrize("kind", HEADERS)
def test_headers_of_a_tar_cost_little_memory(tmp_path: Path, nested: Path, kind: str, road: Road) -> None:
    archive = _tar_gz(tmp_path, HEADERS[kind]())
    assert _peak(lambda: road(archive, nested, 1, TAKE)) < MOST_MEMORY


@both_roads
def test_a_header_without_end_is_refused_by_its_size(tmp_path: Path, nested: Path, road: Road) -> None:
    archive = _tar_gz(tmp_path, HEADERS["PAX header"]())
    with pytest.raises(
        WorkError, match=r"^glyphs\.tar\.gz: an entry has headers of more than 16,384 bytes; do not use"
    ):
        road(archive, nested, 1, TAKE)


@both_roads
@pytest.mark.parametrize(
    "record",
    [
        b"23 hdrcharset=\xff\xfe\xfd\n",
        b"9" * 5000 + b" path=x\n",
        _record("GNU.sparse.map", "1,x"),
        _record("GNU.sparse.size", "x"),
        _record("size", "-1024"),
        _record("size", "9" * 4000),
    ],
)
def test_a_header_that_says_nonsense_is_damage(tmp_path: Path, nested: Path, record: bytes, road: Road) -> None:
    with pytest.raises(WorkError, match=r"^glyphs\.tar\.gz: "):
        road(_tar_gz(tmp_path, _one(tarfile.XHDTYPE, record)), nested, 1, TAKE)


@both_roads
@pytest.mark.parametrize("name", ["r/" + "x" * 256, "r/" + "x/" * 600 + "y"])
def test_a_name_that_no_disk_takes_is_refused_in_one_short_line(
    tmp_path: Path, nested: Path, name: str, road: Road
) -> None:
    archive = write_archive(tmp_path, tar_gz(file_entry(name)))
    with pytest.raises(WorkError, match="has a name that is too long for a file") as caught:
        road(archive, nested, 1, ["*"])
    assert len(str(caught.value)) < 400


@both_roads
def test_a_file_that_is_a_folder_too_is_refused(tmp_path: Path, nested: Path, road: Road) -> None:
    archive = write_archive(tmp_path, tar_gz(file_entry("r/a", b"1"), file_entry("r/a/b", b"2")))
    try:
        assert set(road(archive, nested, 1, ["a", "a/b"])) == {"a", "a/b"}  # in memory both can be
    except WorkError as error:
        assert "entry 'r/a/b' is there twice" in str(error)  # noqa: PT017  # either is right


def _zip_with_a_long_list(path: Path) -> None:
    name = b"n" * 65_000
    member = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0)
    listed = (member + name) * 900
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 900, 900, len(listed), 0, 0)
    path.write_bytes(listed + end)


def _zip_packed_by(path: Path, method: int, name: str) -> None:
    with zipfile.ZipFile(path, "w", method) as packed:
        packed.writestr(name, bytes(200 * MEGABYTE))


def _zip_with_a_bomb_in_gzip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:
        packed.writestr("a.gz", gzip.compress(bytes(100 * MEGABYTE), 1))


ZIPS: dict[str, Callable[[Path], None]] = {
    "long list of members": _zip_with_a_long_list,
    "bzip2": lambda path: _zip_packed_by(path, zipfile.ZIP_BZIP2, "a.gz"),
    "lzma": lambda path: _zip_packed_by(path, zipfile.ZIP_LZMA, "a.gz"),
    "deflate": lambda path: _zip_packed_by(path, zipfile.ZIP_DEFLATED, "a.gz"),
    "gzip": _zip_with_a_bomb_in_gzip,
}


@pytest.mark.parametrize("kind", ZIPS)
def test_a_zip_costs_little_memory(tmp_path: Path, kind: str) -> None:
    archive, target = tmp_path / "e.zip", tmp_path / "target"
    target.mkdir()
    ZIPS[kind](archive)
    assert _peak(lambda: unpack_zip(archive, target, ["a.gz"], most_bytes=50 * MEGABYTE)) < MOST_MEMORY


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_packed_by_another_method_is_named(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / "e.zip", "w", method) as packed:
        packed.writestr("a", b"x")
    with pytest.raises(
        DamagedError, match=r"e\.zip: corrupt or truncated \(a is packed by a method other than deflate"
    ):
        unpack_zip(tmp_path / "e.zip", tmp_path, ["a"])
