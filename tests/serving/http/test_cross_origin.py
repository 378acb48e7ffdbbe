"""What an operator may rely on: pages of other origins read answers only where a setting names them."""

from collections.abc import Iterator

import httpx
import pytest

from src.common.errors import InputError
from src.prediction.model_file import RELEASED
from src.serving.app import create_app
from src.serving.live.model_source import FileSource
from src.serving.settings import Settings, read_settings
from tests.prediction.drawings import drawn, encoded
from tests.serving.conftest import served

FRIEND, STRANGER = "https://letters.example.org", "https://example.net"
ASK = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}


@pytest.fixture
def friendly(settings: Settings) -> Iterator[httpx.Client]:
    """A client of a service that one other origin may ask."""
    told = settings.model_copy(update={"origins": frozenset({FRIEND})})
    with served(create_app(told, FileSource(RELEASED))) as client:
        yield client


def test_without_the_setting_no_other_origin_may_ask(client: httpx.Client) -> None:
    answer = client.post("/predict", content=encoded(drawn("ж")), headers={"origin": FRIEND})
    assert "access-control-allow-origin" not in answer.headers
    assert client.options("/predict", headers={"origin": FRIEND, **ASK}).status_code == 405


def test_an_origin_of_the_list_may_ask_and_no_other(friendly: httpx.Client) -> None:
    asked = friendly.options("/predict", headers={"origin": FRIEND, **ASK})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, FRIEND)
    answer = friendly.post("/predict", content=encoded(drawn("ж")), headers={"origin": FRIEND})
    assert (answer.json()["label"], answer.headers["access-control-allow-origin"]) == ("ж", FRIEND)
    assert "access-control-allow-credentials" not in answer.headers
    assert friendly.options("/predict", headers={"origin": STRANGER, **ASK}).status_code == 400
    refused = friendly.post("/predict", content=encoded(drawn("ж")), headers={"origin": STRANGER})
    assert "access-control-allow-origin" not in refused.headers


def test_drawings_are_given_by_the_own_page_alone(friendly: httpx.Client) -> None:
    asked = friendly.options("/samples", headers={"origin": FRIEND, **ASK})
    assert "access-control-allow-origin" not in asked.headers


def test_origins_are_read_from_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSAR_SERVE_ORIGINS", f"{FRIEND}, http://127.0.0.1:5000,")
    assert read_settings().origins == {FRIEND, "http://127.0.0.1:5000"}


@pytest.mark.parametrize("value", ["*", "https://*.example.org", "example.org", f"{FRIEND}/", "null"])
def test_what_is_no_origin_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSAR_SERVE_ORIGINS", value)
    with pytest.raises(InputError, match="PYSAR_SERVE_ORIGINS"):
        read_settings()
