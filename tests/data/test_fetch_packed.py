from pathlib import Path

import pytest

from src.common.errors import WorkError
from src.data.corpora.packed import read_packed
from src.data.fetching.fetch_corpus import fetch
from tests.data.raw_corpora import GLYPHS, file_entry, glyphs_corpus, glyphs_tar, tar_gz
from tests.data.raw_server import RawServer, serve


def _fetch(server: RawServer, target: Path, archive: bytes) -> None:
    server.on("up/glyphs", serve(archive))
    fetch(glyphs_corpus(server, packed_as="glyphs.zip"), target)


def test_an_archive_arrives_as_one_zip_of_what_the_manifest_takes(server: RawServer, tmp_path: Path) -> None:
    _fetch(server, tmp_path / "letters", glyphs_tar())
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["glyphs.zip"]
    assert read_packed(tmp_path / "letters" / "glyphs.zip") == GLYPHS


def test_a_repacked_archive_of_the_same_content_gives_the_same_bytes(server: RawServer, tmp_path: Path) -> None:
    _fetch(server, tmp_path / "one", glyphs_tar())
    _fetch(server, tmp_path / "two", tar_gz(*(file_entry(f"r/{name}", GLYPHS[name]) for name in reversed(GLYPHS))))
    assert (tmp_path / "one" / "glyphs.zip").read_bytes() == (tmp_path / "two" / "glyphs.zip").read_bytes()


@pytest.mark.parametrize(
    ("archive", "complaint"),
    [
        (tar_gz(*(file_entry(f"r/{name}", b"wrong") for name in GLYPHS)), "SHA-256 is "),
        (tar_gz(*(file_entry(f"r/{name}x", content) for name, content in GLYPHS.items())), "holds no glyphs.csv"),
        (tar_gz(file_entry("../glyphs.csv", b"x")), "entry '../glyphs.csv' leads out"),
        (glyphs_tar()[:100], "corrupt or truncated"),
    ],
    ids=["other content", "other names", "hostile", "truncated"],
)
def test_another_archive_is_refused_and_leaves_nothing(
    server: RawServer, tmp_path: Path, archive: bytes, complaint: str
) -> None:
    target = tmp_path / "raw" / "letters"
    with pytest.raises(WorkError) as caught:
        _fetch(server, target, archive)
    assert str(caught.value).startswith(f"glyphs.tar.gz: {complaint}")
    assert list(target.parent.iterdir()) == []
