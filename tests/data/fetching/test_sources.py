import subprocess
import sys
from pathlib import Path
from threading import Thread

import httpx
import pytest

from src.common.errors import InputError
from src.data.fetching.sources import describe, parse_mirror, places, sources_answer
from tests.data.raw_corpora import files_corpus
from tests.data.raw_server import MOST_SECONDS, RawServer, drip, drip_headers, never_answer, serve, status

CONTENT = b"content"
FLAWED = {
    "never answers": never_answer,
    "drips its headers": drip_headers,
    "drips its body": drip(CONTENT * 100),
    "lacks it": status(404),
}


@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_mirror_is_none(text: str) -> None:
    assert parse_mirror(text, Path("/root")) is None


def test_a_relative_mirror_lies_at_the_root_of_the_repository() -> None:
    assert parse_mirror("../shared/mirror", Path("/repository")) == Path("/repository/../shared/mirror")
    assert parse_mirror("/mirror", Path("/repository")) == Path("/mirror")


def test_a_file_address_is_a_folder() -> None:
    assert parse_mirror("file:///raw%20data", Path()) == Path("/raw data")


@pytest.mark.parametrize("text", ["s3://bucket/raw", "http://", "http://[bad/", "http://host:99999999/"])
def test_an_address_that_cannot_be_used_is_an_error_that_names_the_variable(text: str) -> None:
    with pytest.raises(InputError, match="RAW_MIRROR"):
        parse_mirror(text, Path())


def test_a_mirrors_password_is_not_shown() -> None:
    mirror = parse_mirror("https://name:secret@mirror.example/raw", Path())
    assert isinstance(mirror, httpx.URL)
    assert describe(mirror) == "https://mirror.example/raw"


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_mirror_is_asked_before_upstream(server: RawServer, slash: str) -> None:
    (archive,) = files_corpus(server, letters=CONTENT).archives
    upstream = httpx.URL(server.url("up/letters.gz"))
    assert places(archive, None) == [upstream]
    assert places(archive, Path("/raw")) == [Path("/raw/letters.gz"), upstream]
    mirror = httpx.URL(f"http://mirror.example/raw{slash}")
    assert places(archive, mirror) == [httpx.URL("http://mirror.example/raw/letters.gz"), upstream]


def test_sources_answer_where_each_archive_is_to_be_had_somewhere(server: RawServer, tmp_path: Path) -> None:
    corpus = files_corpus(server, one=CONTENT, two=CONTENT)
    server.on("up/one.gz", serve(CONTENT))
    assert not sources_answer([corpus], None, 5)
    (tmp_path / "two.gz").write_bytes(CONTENT)
    assert sources_answer([corpus], tmp_path, 5)
    assert not sources_answer([corpus], tmp_path / "absent", 5)


def test_a_mirror_address_answers_while_upstream_is_silent(server: RawServer) -> None:
    server.on("up/one.gz", never_answer)
    server.on("raw/one.gz", serve(CONTENT))
    assert sources_answer([files_corpus(server, one=CONTENT)], httpx.URL(server.url("raw")), 2 * MOST_SECONDS)
    assert not server.outlasted.is_set()


@pytest.mark.parametrize("flaw", FLAWED)
def test_a_flawed_source_never_takes_longer_than_it_may(server: RawServer, flaw: str) -> None:
    corpus = files_corpus(server, one=CONTENT, two=CONTENT, three=CONTENT)
    server.on("up/one.gz", serve(CONTENT))
    server.on("up/two.gz", FLAWED[flaw])
    server.on("up/three.gz", FLAWED[flaw])
    assert not sources_answer([corpus], None, 0.8)
    assert not server.outlasted.is_set()
    # The answer may come from one of the two before the other is asked at all.
    assert server.asked["/up/two.gz"] <= 1
    assert server.asked["/up/three.gz"] <= 1


def test_without_a_network_the_answer_comes_at_once(server: RawServer) -> None:
    corpus = files_corpus(server, one=CONTENT)
    server.shutdown()
    server.server_close()
    answers: list[bool] = []
    hour = 3600.0
    asking = Thread(target=lambda: answers.append(sources_answer([corpus], None, hour)), daemon=True)
    asking.start()
    asking.join(60)  # the answer itself is what ends this wait
    assert answers == [False]


def test_a_name_lookup_that_hangs_delays_neither_the_answer_nor_the_end_of_the_process(server: RawServer) -> None:
    corpus = files_corpus(server, one=CONTENT).model_dump_json()
    script = (
        "import socket, time; from src.data.fetching.manifest import Corpus;"
        "from src.data.fetching.sources import sources_answer;"
        "socket.getaddrinfo = lambda *_, **__: (print('asked', flush=True), time.sleep(3600));"
        f"print(sources_answer([Corpus.model_validate_json({corpus!r})], None, 2))"
    )
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert finished.stdout.split() == ["asked", "False"]
