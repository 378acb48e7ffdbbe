import io
import logging
import time
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from src.data.fetching.download import InterruptedTransferError, Patience, UnavailableError, download, probe, shown
from src.data.fetching.transfer_bar import transfer_bar
from tests.data.raw_server import RawServer, Reply, drip, drip_headers, never_answer, serve, stall, status, truncate

CONTENT = bytes(range(256)) * 1000
CALM = Patience(silence_seconds=10, attempts=2, pause_seconds=0.01)
TENSE = Patience(silence_seconds=0.5, attempts=2, pause_seconds=0.01)
HASTY = Patience(silence_seconds=0.2, attempts=2, pause_seconds=0.01)
FLAWED: dict[str, Reply] = {
    "never answers": never_answer,
    "drips its headers": drip_headers,
    "drips its body": drip(CONTENT[:200]),
    "stalls": stall(CONTENT),
    "truncates": truncate(CONTENT),
    "fails": status(500),
    "is busy": status(503),
    "is asked too often": status(429),
}


def test_a_file_arrives_as_it_lies_on_the_server(server: RawServer, tmp_path: Path) -> None:
    server.on("file", serve(CONTENT))
    download(httpx.URL(server.url("file")), tmp_path / "file", CALM)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.asked["/file"] == 1


def test_a_gzip_file_stays_packed_also_where_the_server_calls_it_an_encoding(server: RawServer, tmp_path: Path) -> None:
    server.on("file.gz", serve(b"\x1f\x8b as it lies", {"Content-Encoding": "gzip"}))
    download(httpx.URL(server.url("file.gz")), tmp_path / "file.gz", CALM)
    assert (tmp_path / "file.gz").read_bytes() == b"\x1f\x8b as it lies"


def test_a_moved_file_is_followed(server: RawServer, tmp_path: Path) -> None:
    server.on("old", status(302, {"Location": "/new"}))
    server.on("new", serve(CONTENT))
    download(httpx.URL(server.url("old")), tmp_path / "file", CALM)
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("flaw", FLAWED)
def test_a_server_that_fails_once_is_asked_again(server: RawServer, tmp_path: Path, flaw: str) -> None:
    server.on("file", FLAWED[flaw], serve(CONTENT))
    download(httpx.URL(server.url("file")), tmp_path / "file", TENSE)
    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.asked["/file"] == 2


@pytest.mark.parametrize(
    "flaw", ["never answers", "drips its headers", "drips its body", "stalls", "truncates", "fails"]
)
def test_a_server_that_always_fails_is_given_up_soon(server: RawServer, tmp_path: Path, flaw: str) -> None:
    server.on("file", FLAWED[flaw])
    with pytest.raises(InterruptedTransferError):
        download(httpx.URL(server.url("file")), tmp_path / "file", HASTY)
    assert not server.outlasted.is_set()
    assert server.asked["/file"] == HASTY.attempts


@pytest.mark.parametrize("code", [403, 404, 410])
def test_a_file_that_the_server_lacks_is_not_asked_for_again(server: RawServer, tmp_path: Path, code: int) -> None:
    server.on("file", status(code))
    with pytest.raises(UnavailableError, match=f"HTTP {code}"):
        download(httpx.URL(server.url("file")), tmp_path / "file", CALM)
    assert server.asked["/file"] == 1


def test_a_server_that_is_away_is_an_interrupted_transfer(server: RawServer, tmp_path: Path) -> None:
    address = server.url("file")
    server.shutdown()
    server.server_close()
    with pytest.raises(InterruptedTransferError, match="refused"):
        download(httpx.URL(address), tmp_path / "file", CALM)


def test_asking_again_is_told_without_the_password(
    server: RawServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.on("file", status(500), serve(CONTENT))
    address = server.url("file").replace("//", "//name:secret@")
    with caplog.at_level(logging.DEBUG, logger="src"):
        download(httpx.URL(address), tmp_path / "file", CALM)
    assert f"{server.url('file')}: HTTP 500 Internal Server Error; asking again" in caplog.text
    assert "secret" not in caplog.text
    assert shown(httpx.URL(address)) == server.url("file")


def test_a_slow_server_that_brings_enough_is_borne_with(server: RawServer, tmp_path: Path) -> None:
    server.on("file", drip(b"x" * 30))
    patient = Patience(silence_seconds=0.2, least_bytes=2, attempts=1)
    download(httpx.URL(server.url("file")), tmp_path / "file", patient)
    assert (tmp_path / "file").read_bytes() == b"x" * 30


def test_a_probe_reads_no_more_than_it_needs(server: RawServer) -> None:
    server.on("file", stall(CONTENT))  # its first half is more than a probe reads
    probe(httpx.URL(server.url("file")), CALM)
    assert server.asked["/file"] == 1


def test_a_probe_sees_through_a_server_that_drips(server: RawServer) -> None:
    server.on("file", drip(CONTENT[:200]))
    with pytest.raises(InterruptedTransferError, match=r"only .* bytes in 0\.2 s"):
        probe(httpx.URL(server.url("file")), HASTY)


def test_a_bar_shows_itself_on_a_terminal_once_the_work_takes_its_time() -> None:
    shown_text = io.StringIO()
    console = Console(file=shown_text, force_terminal=True)
    with transfer_bar("letters.gz", after_seconds=0.02, console=console) as bar:
        bar.expect(100)
        bar.advance(50)
        patient_until = time.monotonic() + 30
        while "letters.gz" not in shown_text.getvalue() and time.monotonic() < patient_until:
            time.sleep(0.01)
    assert "letters.gz" in shown_text.getvalue()


@pytest.mark.parametrize(("terminal", "after_seconds"), [(True, 60.0), (False, 0.0)])
def test_a_bar_stays_hidden_for_short_work_and_off_a_terminal(*, terminal: bool, after_seconds: float) -> None:
    shown_text = io.StringIO()
    console = Console(file=shown_text, force_terminal=terminal)
    with transfer_bar("letters.gz", after_seconds=after_seconds, console=console) as bar:
        bar.advance(50)
        time.sleep(0.02)
    assert "letters" not in shown_text.getvalue()
