import gzip
import hashlib
from pathlib import Path

import pytest

from src.common.errors import WorkError
from src.data.fetching.fetch_corpus import fetch
from src.data.fetching.manifest import Corpus, ZipArchive
from tests.data.fetching.test_unpack_zip import zipped
from tests.data.raw_server import RawServer, serve

CONTENT = b"pixels" * 99


def _fetch(server: RawServer, target: Path, archive: bytes) -> None:
    server.on("up/all.zip", serve(archive))
    line = f"{hashlib.sha256(CONTENT).hexdigest()}  images\n"
    description = ZipArchive(
        kind="zip",
        name="part.zip",
        urls=[server.url("up/all.zip")],
        take=["all/images.gz"],
        sha256=hashlib.sha256(line.encode()).hexdigest(),
    )
    fetch(
        Corpus(title="T", home="https://example.org/", licence="ours", citation="none", archives=[description]), target
    )


@pytest.mark.parametrize("level", [1, 9])
def test_however_a_zip_was_packed_the_same_content_arrives(server: RawServer, tmp_path: Path, level: int) -> None:
    _fetch(server, tmp_path / "part", zipped({"all/images.gz": gzip.compress(CONTENT, level), "other": b"x"}))
    assert {path.name: path.read_bytes() for path in (tmp_path / "part").iterdir()} == {"images": CONTENT}


def test_other_content_is_refused_and_leaves_nothing(server: RawServer, tmp_path: Path) -> None:
    with pytest.raises(WorkError, match=r"^part\.zip: SHA-256 is "):
        _fetch(server, tmp_path / "raw" / "part", zipped({"all/images.gz": gzip.compress(b"other")}))
    assert list((tmp_path / "raw").iterdir()) == []
