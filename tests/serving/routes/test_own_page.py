"""What the operator may rely on: no page under another name gives drawings, or takes them back."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.datastructures import Headers

from src.prediction.model_file import RELEASED
from src.serving.app import create_app
from src.serving.live.model_source import FileSource
from src.serving.routes.own_page import why_foreign
from src.serving.settings import Settings
from tests.given_drawings import WRITER, sample
from tests.serving.conftest import served

HOSTS = frozenset({"letters.example.org", "xn--80apugd.xn--j1amh"})
OWN = [
    {"host": "127.0.0.1:8000"},
    {"host": "localhost"},
    {"host": "LocalHost.:8000", "origin": "http://localhost:8000"},
    {"host": "[::1]:8000", "origin": "http://[::1]:8000"},
    {"host": "192.168.0.7:8000", "origin": "http://192.168.0.7:8000", "sec-fetch-site": "same-origin"},
    {"host": "letters.example.org", "origin": "https://letters.example.org"},
    {"host": "letters.example.org:443", "origin": "https://letters.example.org"},
    {"host": "LETTERS.example.org.:80", "origin": "http://letters.EXAMPLE.org"},
    {"host": "letters.example.org:8443", "origin": "https://letters.example.org:8443"},
    {"host": "xn--80apugd.xn--j1amh", "origin": "http://xn--80apugd.xn--j1amh"},
]
FOREIGN = [
    {},
    {"host": ""},
    {"host": "evil.example", "origin": "http://evil.example"},
    {"host": "evil.example:8000"},
    {"host": "10.evil.example"},
    {"host": "127.0.0.1.evil.example"},
    {"host": "localhost.evil.example"},
    {"host": "evil.localhost.example"},
    {"host": "letters.example.org.evil.example"},
    {"host": "evilletters.example.org"},
    {"host": "evil@localhost"},
    {"host": "localhost@evil.example"},
    {"host": "localhost/"},
    {"host": "localhost:80:80"},
    {"host": "127.1"},
    {"host": "0x7f000001"},
    {"host": "[::1"},
    {"host": "localhost, evil.example"},
    {"host": "localhost:8000", "origin": "null"},
    {"host": "localhost:8000", "origin": ""},
    {"host": "localhost:8000", "origin": "http://localhost"},
    {"host": "localhost:8000", "origin": "http://localhost:3000"},
    {"host": "localhost", "origin": "https://localhost:80"},
    {"host": "localhost:8000", "origin": "http://127.0.0.1:8000"},
    {"host": "localhost:8000", "origin": "http://evil.example"},
    {"host": "localhost:8000", "origin": "http://evil.example@localhost:8000"},
    {"host": "localhost:8000", "origin": "http://localhost:8000/evil"},
    {"host": "localhost:8000", "origin": "file://localhost:8000"},
    {"host": "letters.example.org", "origin": "https://other.example.org"},
    {"host": "localhost:8000", "sec-fetch-site": "cross-site"},
    {"host": "localhost:8000", "sec-fetch-site": "same-site"},
    {"host": "localhost:8000", "origin": "http://localhost:8000", "sec-fetch-site": "cross-site"},
]


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_the_own_page_and_programs_may_ask(headers: dict[str, str]) -> None:
    assert why_foreign(Headers(headers), HOSTS) is None


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_no_other_page_may_ask(headers: dict[str, str]) -> None:
    assert why_foreign(Headers(headers), HOSTS)


@pytest.mark.parametrize("name", ["host", "origin"])
def test_a_header_that_is_there_twice_is_nobodys(name: str) -> None:
    once = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    again = [(key, value) for key, value in once if key == name.encode()]
    assert why_foreign(Headers(raw=once), HOSTS) is None
    assert why_foreign(Headers(raw=once + again), HOSTS)


@pytest.fixture
def named(settings: Settings) -> Iterator[httpx.Client]:
    """A service that has a name, and is asked by it."""
    own = settings.model_copy(update={"hosts": HOSTS})
    with served(create_app(own, FileSource(RELEASED))) as client:
        client.headers = httpx.Headers({"Host": "letters.example.org", "Origin": "https://letters.example.org"})
        yield client


def test_a_foreign_page_neither_gives_nor_takes_back(named: httpx.Client, settings: Settings) -> None:
    identity = named.post("/samples", json=sample()).json()["id"]
    path = Path(settings.samples) / f"new/{identity}.json"
    for headers in ({"Origin": "null"}, {"Host": "evil.example", "Origin": "http://evil.example"}):
        answer = named.post("/samples", json=sample(writer="writer-0002"), headers=headers)
        assert answer.status_code == 403
        assert "\n" not in answer.json()["detail"]
        deleted = named.delete(f"/samples/{identity}", params={"writer": WRITER}, headers=headers)
        assert deleted.status_code == 403
    assert list(path.parent.iterdir()) == [path]
    assert named.delete(f"/samples/{identity}", params={"writer": WRITER}).status_code == 204


@pytest.mark.parametrize(
    "sent_as",
    [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx",
     "text/plain; application/json", ""],
)  # fmt: skip
def test_what_a_form_can_send_is_no_sample(client: httpx.Client, settings: Settings, sent_as: str | None) -> None:
    headers = {} if sent_as is None else {"Content-Type": sent_as}
    answer = client.post("/samples", content=json.dumps(sample()).encode(), headers=headers)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]
    assert not Path(settings.samples).exists()


def test_json_may_say_how_it_is_encoded(client: httpx.Client) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert client.post("/samples", content=json.dumps(sample()).encode(), headers=headers).status_code == 201


@pytest.mark.parametrize("path", ["/samples/", "/predict/", "/model/", "/tasks/", "/healthz/", "/docs/", "/page"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_no_answer_leads_to_the_host_that_a_stranger_names(client: httpx.Client, path: str, method: str) -> None:
    answer = client.request(method, path, headers={"Host": "evil.example"})
    assert answer.status_code in {403, 404, 405}
    assert "location" not in answer.headers


def test_a_request_without_a_host_is_refused(client: httpx.Client) -> None:
    connection = http.client.HTTPConnection(client.base_url.host, client.base_url.port)
    connection.putrequest("POST", "/samples", skip_host=True)
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "2")
    connection.endheaders(b"{}")
    assert connection.getresponse().status in {400, 403}
    connection.close()
