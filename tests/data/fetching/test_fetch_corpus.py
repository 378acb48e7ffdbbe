import hashlib
from pathlib import Path

import httpx
import pytest

from src.common.errors import WorkError
from src.data.fetching.download import Patience
from src.data.fetching.fetch_corpus import fetch, folder_lock
from src.data.fetching.manifest import Corpus
from tests.data.raw_corpora import GLYPHS, ONE, TWO, file_entry, files_in, glyphs_corpus, glyphs_tar, tar_gz, two_files
from tests.data.raw_server import RawServer, never_answer, serve, stall, status, truncate, truncate_silently

CALM = Patience(silence_seconds=10, attempts=2, pause_seconds=0.01)
HASTY = Patience(silence_seconds=0.3, attempts=2, pause_seconds=0.01)


@pytest.fixture
def corpus(server: RawServer) -> Corpus:
    return two_files(server)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "data" / "raw" / "letters"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror"
    folder.mkdir()
    return folder


def _fails(corpus: Corpus, target: Path, mirror: Path | None = None, patience: Patience = CALM) -> str:
    """Return the one line of the error after checking that nothing lies where it could be taken for whole."""
    with pytest.raises(WorkError) as caught:
        fetch(corpus, target, mirror, patience)
    assert list(target.parent.iterdir()) == []
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_corpus_comes_whole_from_upstream(corpus: Corpus, target: Path) -> None:
    fetch(corpus, target, None, CALM)
    assert files_in(target) == {"one.gz": ONE, "two.gz": TWO}
    assert list(target.parent.iterdir()) == [target]


def test_of_an_archive_only_what_the_manifest_takes_arrives(server: RawServer, target: Path) -> None:
    server.on("up/glyphs", serve(glyphs_tar()))
    fetch(glyphs_corpus(server), target, None, CALM)
    assert files_in(target) == GLYPHS


def test_a_repacked_archive_of_the_same_content_is_as_good(server: RawServer, target: Path) -> None:
    repacked = tar_gz(*(file_entry(f"glyphs-d02f11f/{name}", GLYPHS[name]) for name in reversed(GLYPHS)))
    assert repacked != glyphs_tar()
    server.on("up/glyphs", serve(repacked))
    fetch(glyphs_corpus(server), target, None, CALM)
    assert files_in(target) == GLYPHS


def test_a_mirror_folder_that_has_all_leaves_upstream_alone(
    server: RawServer, corpus: Corpus, target: Path, mirror: Path
) -> None:
    (mirror / "one.gz").write_bytes(ONE)
    (mirror / "two.gz").write_bytes(TWO)
    fetch(corpus, target, mirror, CALM)
    assert files_in(target) == {"one.gz": ONE, "two.gz": TWO}
    assert not server.asked


def test_a_mirror_address_that_has_all_leaves_upstream_alone(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("raw/one.gz", serve(ONE))
    server.on("raw/two.gz", serve(TWO))
    fetch(corpus, target, httpx.URL(server.url("raw/")), CALM)
    assert files_in(target) == {"one.gz": ONE, "two.gz": TWO}
    assert set(server.asked) == {"/raw/one.gz", "/raw/two.gz"}


def test_upstream_gives_what_a_mirror_folder_lacks(
    server: RawServer, corpus: Corpus, target: Path, mirror: Path
) -> None:
    (mirror / "one.gz").write_bytes(ONE)
    fetch(corpus, target, mirror, CALM)
    assert files_in(target) == {"one.gz": ONE, "two.gz": TWO}
    assert set(server.asked) == {"/up/two.gz"}


def test_upstream_gives_what_a_mirror_lacks_or_does_not_answer(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("raw/one.gz", status(404))
    server.on("raw/two.gz", never_answer)
    fetch(corpus, target, httpx.URL(server.url("raw")), HASTY)
    assert files_in(target) == {"one.gz": ONE, "two.gz": TWO}


def test_wrong_bytes_are_asked_for_once_more(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("up/two.gz", serve(b"wrong"), serve(TWO))
    fetch(corpus, target, None, CALM)
    assert files_in(target) == {"one.gz": ONE, "two.gz": TWO}


def test_a_wrong_hash_names_the_file_both_hashes_and_the_cure(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("up/two.gz", serve(b"wrong"))
    message = _fails(corpus, target)
    assert server.asked["/up/two.gz"] == 2
    assert message.startswith("two.gz: SHA-256 is 8810ad581e59..., expected ")
    assert hashlib.sha256(TWO).hexdigest()[:12] in message
    assert server.url("up/two.gz") in message
    assert "RAW_MIRROR" in message


def test_a_mirror_that_lies_is_an_error_that_names_its_file(corpus: Corpus, target: Path, mirror: Path) -> None:
    (mirror / "one.gz").write_bytes(b"wrong")
    assert str(mirror / "one.gz") in _fails(corpus, target, mirror)


def test_a_truncated_transfer_is_asked_for_again(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("up/one.gz", truncate(ONE), serve(ONE))
    server.on("up/two.gz", truncate_silently(TWO), serve(TWO))
    fetch(corpus, target, None, CALM)
    assert files_in(target) == {"one.gz": ONE, "two.gz": TWO}


def test_a_server_that_truncates_always_is_a_failure_that_names_the_file(
    server: RawServer, corpus: Corpus, target: Path
) -> None:
    server.on("up/two.gz", truncate(TWO))
    message = _fails(corpus, target)
    assert message.startswith("two.gz: not to be had")
    assert "RAW_MIRROR" in message


def test_a_server_that_stalls_is_a_failure_that_names_the_file(server: RawServer, corpus: Corpus, target: Path) -> None:
    server.on("up/two.gz", stall(TWO))
    assert f"{server.url('up/two.gz')}: silent for 0.3 s" in _fails(corpus, target, patience=HASTY)


def test_a_truncated_archive_names_the_archive(server: RawServer, target: Path) -> None:
    server.on("up/glyphs", serve(glyphs_tar()[:100]))
    assert _fails(glyphs_corpus(server), target).startswith("glyphs.tar.gz: corrupt or truncated")
    assert server.asked["/up/glyphs"] == 2


def test_a_hostile_archive_names_archive_and_entry_and_is_not_asked_for_again(server: RawServer, target: Path) -> None:
    server.on("up/glyphs", serve(tar_gz(file_entry("../escaped", b"x"))))
    assert _fails(glyphs_corpus(server), target).startswith("glyphs.tar.gz: entry '../escaped' leads out")
    assert server.asked["/up/glyphs"] == 1


def test_a_failed_fetch_leaves_what_was_there(server: RawServer, corpus: Corpus, target: Path) -> None:
    fetch(corpus, target, None, CALM)
    server.on("up/two.gz", status(404))
    with pytest.raises(WorkError):
        fetch(corpus, target, None, CALM)
    assert files_in(target.parent) == {"letters/one.gz": ONE, "letters/two.gz": TWO}


def test_a_leftover_is_cleared_unless_its_run_is_alive(corpus: Corpus, target: Path) -> None:
    dead, alive = target.parent / ".letters.dead.tmp", target.parent / ".letters.alive.tmp"
    dead.mkdir(parents=True)
    (dead / "half").write_bytes(b"half")
    alive.mkdir()
    with folder_lock(alive) as free:
        assert free
        fetch(corpus, target, None, CALM)
    assert {path.name for path in target.parent.iterdir()} == {"letters", alive.name}
