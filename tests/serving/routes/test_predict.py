"""What a user may rely on from POST /predict: the command line's answer, or a reason that can be read."""

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from click.testing import CliRunner
from fastapi import FastAPI
from PIL import Image

from src.commands.predict import main
from src.features.picture.normalize import normalize
from src.prediction.model_file import RELEASED
from tests.prediction.drawings import drawn, encoded, save

PICTURE = encoded(drawn("ж"))


def test_the_body_and_a_form_get_the_answer_of_the_command_line(client: httpx.Client, tmp_path: Path) -> None:
    path = save(tmp_path / "ж.png", PICTURE)
    line = CliRunner().invoke(main, [str(path), "--format", "jsonl", "--model", str(RELEASED)]).stdout
    told = json.loads(line) | {"path": None}
    raw = client.post("/predict", content=PICTURE)
    form = client.post("/predict", files={"picture": ("ж.png", PICTURE, "image/png")})
    assert (raw.status_code, form.status_code) == (200, 200)
    assert raw.json() == form.json() == told


def test_kind_top_height_and_the_picture_seen_are_given_as_asked(client: httpx.Client) -> None:
    answer = client.post("/predict?kind=letter&top=5&relative_height=0.4&image=true", content=PICTURE).json()
    assert len(answer["top"]) == 5
    assert answer["label"] == "ж"
    assert answer["uppercase"] is False
    png = base64.b64decode(answer["image"].removeprefix("data:image/png;base64,"))
    seen = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    np.testing.assert_array_equal(seen, normalize(drawn("ж")).image)


def test_a_large_picture_is_read_too(client: httpx.Client) -> None:
    large = Image.fromarray(drawn("ж")).resize((1600, 1600), Image.Resampling.NEAREST)
    assert client.post("/predict", content=encoded(large)).json()["label"] == "ж"


@pytest.mark.parametrize("bits", [10, 12])
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("side", [200, 1200])
def test_ten_or_twelve_bits_in_sixteen_are_read(client: httpx.Client, bits: int, channels: int, side: int) -> None:
    grey = cv2.resize(drawn("ж"), (side, side), interpolation=cv2.INTER_NEAREST)
    deep = np.round(grey / 255 * (2**bits - 1)).astype(np.uint16)
    opaque = [np.full_like(deep, 2**bits - 1)] * (channels == 4)
    _, content = cv2.imencode(".png", np.dstack([deep] * min(channels, 3) + opaque))
    assert client.post("/predict", content=content.tobytes()).json()["label"] == "ж"


def test_more_frames_than_the_first_are_told(client: httpx.Client) -> None:
    first, second = (Image.fromarray(drawn(label)) for label in "жю")
    answer = client.post("/predict", content=encoded(first, "TIFF", save_all=True, append_images=[second])).json()
    assert answer["more_frames"] is True
    assert answer["label"] == "ж"
    assert "more_frames" not in client.post("/predict", content=PICTURE).json()


def test_of_a_picture_without_ink_no_label_is_likelier_than_another(client: httpx.Client) -> None:
    answer = client.post("/predict?top=43&relative_height=0.5", content=encoded(drawn() * 0 + 255)).json()
    assert answer["is_character"] is False
    assert answer["uppercase"] is None
    assert {each["p"] for each in answer["top"]} == {answer["p_label"]} == {round(1 / 43, 6)}


def test_a_small_file_of_a_very_long_line_is_refused(client: httpx.Client) -> None:
    line = np.full((28, 65_407), 255, np.uint8)
    line[14] = 0
    answer = client.post("/predict", content=encoded(line))
    assert (answer.status_code, "crop it" in answer.json()["detail"]) == (415, True)


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 415), (b"a text", 415), (PICTURE[:300], 415), (bytes(200_001), 413)],
)
def test_a_body_that_is_no_picture_is_refused_in_a_readable_line(
    client: httpx.Client, content: bytes, status: int
) -> None:
    answer = client.post("/predict", content=content)
    assert answer.status_code == status
    assert "\n" not in answer.json()["detail"]


@pytest.mark.parametrize(
    "query", ["kind=word", "top=0", "top=44", "top=63", "top=x", "relative_height=0", "relative_height=nan"]
)
def test_a_parameter_out_of_range_is_named(client: httpx.Client, query: str) -> None:
    answer = client.post(f"/predict?{query}", content=PICTURE)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(query.partition("=")[0])


def test_a_form_without_a_file_or_with_broken_parts_is_refused(client: httpx.Client) -> None:
    assert client.post("/predict", files={"note": (None, "text")}).status_code == 422
    broken = client.post("/predict", content=b"--x", headers={"content-type": "multipart/form-data"})
    assert broken.status_code == 400


def test_too_many_at_once_are_sent_away_with_a_time_to_come_back(client: httpx.Client, app: FastAPI) -> None:
    state = app.state.pysar
    state.waiting = state.settings.max_waiting
    answer = client.post("/predict", content=PICTURE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    state.waiting = 0
    assert client.post("/predict", content=PICTURE).status_code == 200


def test_a_body_that_comes_too_slowly_is_not_waited_for(client: httpx.Client) -> None:
    def slowly() -> Iterator[bytes]:
        yield PICTURE[:10]
        time.sleep(1.5)
        yield PICTURE[10:]

    assert client.post("/predict", content=slowly()).status_code == 408
