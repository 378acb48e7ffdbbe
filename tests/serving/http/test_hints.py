"""What who sends no picture may rely on: it is said what was sent, and how a picture is sent."""

import base64

import httpx
import pytest

from src.serving.http.hints import hint_of
from tests.prediction.drawings import drawn, encoded

PICTURE = encoded(drawn("ж"))
TEXT = base64.b64encode(PICTURE)


@pytest.mark.parametrize(
    ("content", "sent_as", "said"),
    [
        (b"data:image/png;base64," + TEXT, "text/plain", "data URL"),
        (b'"data:image/png;base64,' + TEXT + b'"', "application/json", "data URL"),
        (b'{"image": "' + TEXT + b'"}', "application/json; charset=utf-8", "JSON"),
        (b' [{"image": "x"}]', "", "JSON"),
        (TEXT, "", "base64"),
        (base64.b64encode(encoded(drawn(), "JPEG")), "", "base64"),
        (base64.b64encode(encoded(drawn(), "WEBP")), "", "base64"),
        (b"image=abc", "application/x-www-form-urlencoded", "form of texts"),
        (b"\xef\xbb\xbf<svg xmlns='a'/>", "", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "", "XML"),
        (b"<!DOCTYPE html>", "", "HTML"),
        (b"%PDF-1.7", "", "PDF"),
        (b"PK\3\4", "", "zip"),
        (b"\0\0\0\x18ftypheic", "", "HEIC"),
        (b"\0\0\0\x18ftypavif", "", "AVIF"),
        (b"a text", "text/plain", ""),
        (b"", "", ""),
    ],
)
def test_what_is_sent_in_place_of_a_picture_is_recognised(content: bytes, sent_as: str, said: str) -> None:
    hint = hint_of(content, sent_as)
    assert said in hint
    assert bool(hint) == bool(said)
    assert "\n" not in hint


def test_the_service_gives_the_hint_and_says_nothing_of_pictures_that_are_read(client: httpx.Client) -> None:
    answer = client.post("/predict", json={"image": TEXT.decode()})
    assert (answer.status_code, "this is JSON" in answer.json()["detail"]) == (415, True)
    read = client.post("/predict", content=PICTURE, headers={"content-type": "application/json"})
    assert read.json()["label"] == "ж"


def test_of_two_files_in_a_form_none_is_read(client: httpx.Client) -> None:
    files = [("a", ("a.png", PICTURE)), ("b", ("b.png", PICTURE))]
    answer = client.post("/predict", files=files)
    assert (answer.status_code, "2 files" in answer.json()["detail"]) == (422, True)
