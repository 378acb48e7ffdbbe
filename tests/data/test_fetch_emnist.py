"""What a user may rely on: all of EMNIST where it is to be had, otherwise the part, and never something damaged."""

import gzip
import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from src.common.digests import contents_digest
from src.common.errors import WorkError
from src.data import fetch_emnist as stage
from src.data.corpora.emnist_files import SPLITS
from src.data.fetch_emnist import fetch_emnist
from src.data.fetching.download import Patience
from src.data.fetching.manifest import Corpus, WholeZipArchive, ZipArchive, load_manifest
from src.data.fetching.unpack import DamagedError
from src.data.tables.sample_mark import is_sample, mark_sample
from src.tasks.emnist import PIPELINE, RAW, RAW_SAMPLE
from tests.data.fetching.test_unpack_zip import zipped
from tests.data.raw_server import RawServer, serve
from tests.default_params import EMNIST_PARAMS

CALM = Patience(silence_seconds=10, attempts=1, pause_seconds=0.01)
WHOLE = {"gzip/a-train.gz": b"train" * 99, "gzip/a-test.gz": b"test" * 99}
PART = {"gzip/a-test.gz": b"test" * 99}


def _zip(contents: dict[str, bytes]) -> bytes:
    return zipped({name: gzip.compress(content, mtime=0) for name, content in contents.items()})


def _corpus(archive: WholeZipArchive | ZipArchive) -> Corpus:
    return Corpus(title="T", home="https://example.org/", licence="ours", citation="none", archives=[archive])


@pytest.fixture
def whole(server: RawServer) -> Corpus:
    md5 = hashlib.md5(_zip(WHOLE), usedforsecurity=False).hexdigest()
    return _corpus(
        WholeZipArchive(kind="whole-zip", name="all.zip", urls=[server.url("all.zip")], take=list(WHOLE), md5=md5)
    )


@pytest.fixture
def part(server: RawServer) -> Corpus:
    digest = contents_digest({"a-test": PART["gzip/a-test.gz"]})
    return _corpus(
        ZipArchive(kind="zip", name="part.zip", urls=[server.url("all.zip")], take=list(PART), sha256=digest)
    )


def _files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_all_of_it_is_taken_where_it_is_to_be_had(
    server: RawServer, whole: Corpus, part: Corpus, tmp_path: Path
) -> None:
    server.on("all.zip", serve(_zip(WHOLE)))
    fetch_emnist(whole, part, tmp_path / "raw", None, CALM)
    assert _files(tmp_path / "raw") == {"a-train", "a-test"}


def test_where_a_mirror_holds_the_part_only_that_is_taken(whole: Corpus, part: Corpus, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "part.zip").write_bytes(_zip(PART))
    fetch_emnist(whole, part, tmp_path / "raw", mirror, CALM)
    assert _files(tmp_path / "raw") == {"a-test"}


def test_a_damaged_archive_is_an_error_and_not_the_part(
    server: RawServer, whole: Corpus, part: Corpus, tmp_path: Path
) -> None:
    server.on("all.zip", serve(_zip(PART)))
    with pytest.raises(DamagedError, match=r"^all\.zip: MD5 is "):
        fetch_emnist(whole, part, tmp_path / "raw", None, CALM)
    assert not (tmp_path / "raw").exists()


def test_where_neither_is_to_be_had_both_are_named(whole: Corpus, part: Corpus, tmp_path: Path) -> None:
    with pytest.raises(WorkError, match=r"^part\.zip: not to be had"):
        fetch_emnist(whole, part, tmp_path / "raw", None, CALM)
    assert not (tmp_path / "raw").exists()


def test_the_manifest_takes_both_parts_of_all_six_splits_of_nists_archive() -> None:
    (archive,) = load_manifest(stage.MANIFEST)["whole"].archives
    assert isinstance(archive, WholeZipArchive)
    assert archive.md5 == "58c8d27c78d21e728a6bc7b3cc06412e"
    expected = {f"gzip/emnist-{split}-mapping.txt" for split in SPLITS} | {
        f"gzip/emnist-{split}-{part}-{what}-ubyte.gz"
        for split in SPLITS
        for part in ("train", "test")
        for what in ("images-idx3", "labels-idx1")
    }
    assert set(archive.take) == expected


def test_the_printed_sample_takes_the_place_of_nists_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params = EMNIST_PARAMS.read_text("utf-8").replace("source: upstream", "source: sample")
    monkeypatch.chdir(tmp_path)
    PIPELINE.mkdir(parents=True)
    (PIPELINE / "params.yaml").write_text(params, encoding="utf-8")
    RAW_SAMPLE.mkdir(parents=True)
    assert CliRunner().invoke(stage.main).exit_code == 2
    mark_sample(RAW_SAMPLE)
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 0, result.output
    assert is_sample(RAW)
