"""What who gives a drawing away may rely on: it is kept with consent only, once, never overwritten, and deletable."""

import base64
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from src.data.collected_sample import Sample, read_sample
from src.data.prepare_collected import prepare_collected, read_accepted
from src.data.table import stack_images
from src.serving.sample_store import SampleStore
from src.serving.settings import Settings
from tests.given_samples import WRITER, data_url, sample
from tests.prediction.drawings import drawn, encoded


def test_what_is_acknowledged_is_in_a_file_named_after_its_content(client: httpx.Client, settings: Settings) -> None:
    answer = client.post("/samples", json=sample())
    assert answer.status_code == 201
    path = Path(settings.samples) / "new" / f"{answer.json()['id']}.json"
    assert read_sample(path) == Sample.model_validate(sample())


def test_the_same_drawing_twice_is_kept_once(client: httpx.Client, settings: Settings) -> None:
    first, second = (client.post("/samples", json=sample()).json()["id"] for _ in range(2))
    assert first == second
    assert len(list(Path(settings.samples).rglob("*.json"))) == 1


@pytest.mark.parametrize(
    "other",
    [{"consent": False}, {"label": "ы"}, {"label": "жж"}, {"writer": "../x"}, {"relative_height": 2}, {"more": 1},
     {"image": "data:text/html;base64,AAAA"}],
)  # fmt: skip
def test_nothing_is_kept_without_consent_or_with_a_wrong_field(
    client: httpx.Client, settings: Settings, other: dict[str, Any]
) -> None:
    answer = client.post("/samples", json=sample(**other))
    assert answer.status_code == 422
    assert next(iter(other)) in answer.json()["detail"]
    assert not list(Path(settings.samples).rglob("*.json"))


def test_a_drawing_that_is_no_picture_is_refused(client: httpx.Client) -> None:
    assert client.post("/samples", json=sample(image=data_url(b"a text"))).status_code == 415
    assert client.post("/samples", content=b"{").status_code == 422


def test_only_its_writer_deletes_a_sample(client: httpx.Client, settings: Settings) -> None:
    identity = client.post("/samples", json=sample()).json()["id"]
    assert client.delete(f"/samples/{identity}", params={"writer": "another-writer"}).status_code == 404
    assert client.delete(f"/samples/{identity}", params={"writer": WRITER}).status_code == 204
    assert client.delete(f"/samples/{identity}", params={"writer": WRITER}).status_code == 404
    assert not list(Path(settings.samples).rglob("*.json"))


def test_a_sample_that_cannot_be_written_is_not_acknowledged(client: httpx.Client, settings: Settings) -> None:
    Path(settings.samples).write_text("a file where the folder should be")
    assert client.post("/samples", json=sample()).status_code == 507


def test_a_reviewed_sample_is_found_and_not_kept_again(tmp_path: Path) -> None:
    store = SampleStore(tmp_path)
    identity = store.keep(Sample.model_validate(sample()))
    (tmp_path / "accepted").mkdir()
    (tmp_path / f"new/{identity}.json").rename(tmp_path / f"accepted/{identity}.json")
    assert store.keep(Sample.model_validate(sample())) == identity
    assert [path.parent.name for path in tmp_path.rglob("*.json")] == ["accepted"]
    assert store.delete(identity)


def test_a_drawing_is_learned_from_as_it_was_read(client: httpx.Client, settings: Settings) -> None:
    picture = encoded(drawn())
    client.post("/samples", json=sample(image=data_url(picture)))
    frame, _ = prepare_collected(read_accepted(Path(settings.samples) / "new"), 28)
    seen = client.post("/predict?image=true", content=picture).json()["image"]
    png = base64.b64decode(seen.partition(",")[2])
    assert np.array_equal(stack_images(frame)[0], np.asarray(Image.open(BytesIO(png))))


def test_a_sample_is_json_that_a_person_can_read(tmp_path: Path) -> None:
    identity = SampleStore(tmp_path).keep(Sample.model_validate(sample()))
    text = (tmp_path / f"new/{identity}.json").read_text("utf-8")
    assert json.loads(text)["label"] == "ж"
    assert '"ж"' in text
