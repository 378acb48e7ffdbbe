"""Proxies, hosts that need none, and certificates, as the environment names them."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from src.common.errors import InputError
from src.data.fetching.download import InterruptedTransferError, Patience, download
from src.data.fetching.proxies import is_exempt
from src.data.fetching.sources import sources_answer
from tests.data.raw_corpora import files_corpus
from tests.data.raw_server import RawServer, serve, status

CALM = Patience(silence_seconds=10, attempts=1)
VARIABLES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


class Proxy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"by way of the proxy: {self.path}".encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is that of http.server
        """Say nothing."""


@pytest.fixture
def proxy() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Proxy) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def downloaded(url: str, folder: Path) -> str:
    download(httpx.URL(url), folder / "file", CALM)
    return (folder / "file").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("form", ["http://{}", "{}", "http://user:secret@{}"])
def test_a_proxy_is_asked(proxy: str, name: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, form.format(proxy))
    assert downloaded("http://far.example/file", tmp_path) == "by way of the proxy: http://far.example/file"


@pytest.mark.parametrize("away", ["socks5://127.0.0.1:9", "socks://127.0.0.1:9", "ftp://x", "http://host:99999"])
def test_a_proxy_that_is_not_needed_does_no_harm(
    proxy: str, away: str, server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("file", serve(b"directly"))
    monkeypatch.setenv("ALL_PROXY", away)
    monkeypatch.setenv("NO_PROXY", "[::1], 127.0.0.1")
    assert downloaded(server.url("file"), tmp_path) == "directly"
    monkeypatch.setenv("HTTP_PROXY", proxy)
    assert downloaded("http://far.example/file", tmp_path).startswith("by way of the proxy")


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1080", "SOCKS proxies are not supported"),
        ("ALL_PROXY", "socks://127.0.0.1:1080", "not the address of an HTTP proxy"),
        ("HTTP_PROXY", "ftp://me:secret@proxy:21", "not the address of an HTTP proxy"),
        ("HTTP_PROXY", "http://me:secret@[bad", "invalid IPv6 address"),
        ("http_proxy", "http://", "empty host"),
        ("HTTP_PROXY", "http://proxy:99999", "invalid port number"),
        ("HTTP_PROXY", ":::", "Invalid port"),
        ("SSL_CERT_FILE", "/nowhere.pem", "No such file"),
        ("SSL_CERT_FILE", __file__, "no certificate"),
        ("SSL_CERT_DIR", "/nowhere", "No such file"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line_and_never_taken_for_no_network(
    server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    server.on("up/one.gz", serve(b"x"))
    monkeypatch.delenv("no_proxy")
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=rf"^{name}: .*{reason}.*; .*unset it$") as caught:
        download(httpx.URL(server.url("file")), tmp_path / "file", CALM)
    assert "secret" not in str(caught.value)
    with pytest.raises(InputError, match=rf"^{name}: "):
        sources_answer([files_corpus(server, one=b"x")], None, 20)
    (tmp_path / "one.gz").write_bytes(b"x")
    assert sources_answer([files_corpus(server, one=b"x")], tmp_path, 20)


def test_a_proxy_that_is_away_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(InterruptedTransferError, match=r"refused \(by way of HTTP_PROXY\)"):
        downloaded("http://far.example/file", tmp_path)


def test_a_redirection_is_judged_by_its_own_address(
    proxy: str, server: RawServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("file", status(302, {"Location": "http://far.example/moved"}))
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert downloaded(server.url("file"), tmp_path) == "by way of the proxy: http://far.example/moved"


@pytest.mark.parametrize(
    ("url", "no_proxy", "exempt"),
    [
        ("http://[::1]:9/", "[::1]", True),
        ("http://[::1]:9/", "::1", True),
        ("http://[::1]:9/", "[::1]:9", True),
        ("http://[::1]/", "[::1]:9", False),
        ("http://[2001:db8::7]/", "2001:db8::/32", True),
        ("http://10.1.2.3/", "10.0.0.0/8", True),
        ("http://a.b.example/", "b.example", True),
        ("http://ab.example/", "b.example", False),
        ("http://a.b.example/", " .b.example , x", True),
        ("http://a.b.example/", "*.b.example", True),
        ("http://b.example/", "B.Example:80", True),
        ("https://b.example/", "b.example:80", False),
        ("http://b.example/", "*", True),
        ("http://b.example/", "", False),
        ("http://b.example/", ".,,[],:,::,[bad,a b,http://b.example", False),
    ],
)
def test_hosts_that_need_no_proxy(url: str, no_proxy: str, *, exempt: bool) -> None:
    assert is_exempt(httpx.URL(url), no_proxy) is exempt
