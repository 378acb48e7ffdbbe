"""What who gives a drawing away may rely on: it is kept with consent only, once, never overwritten, and deletable."""

import base64
import errno
import json
import os
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from src.data.corpora.given_drawing import GivenDrawing, load_given
from src.data.prepare_collected import prepare_collected, read_accepted
from src.data.tables.table import stack_images
from src.features.labels import UKRAINIAN
from src.prediction.model_file import RELEASED
from src.serving.app import create_app
from src.serving.live.model_source import FileSource
from src.serving.routes.given import Answered
from src.serving.settings import Settings
from src.serving.store.drawing_store import DrawingStore
from src.tasks.emnist import VARIANTS
from tests.given_drawings import WRITER, data_url, sample
from tests.prediction.drawings import drawn, encoded
from tests.serving.conftest import served


def test_what_is_acknowledged_is_in_a_file_named_after_its_content(client: httpx.Client, settings: Settings) -> None:
    answer = client.post("/samples", json=sample())
    assert answer.status_code == 201
    path = Path(settings.samples) / "new" / f"{answer.json()['id']}.json"
    assert load_given(path) == GivenDrawing.model_validate(sample())


def test_the_same_drawing_twice_is_kept_once(client: httpx.Client, settings: Settings) -> None:
    first, second = (client.post("/samples", json=sample()).json()["id"] for _ in range(2))
    assert first == second
    assert len(list(Path(settings.samples).rglob("*.json"))) == 1


@pytest.mark.parametrize(
    "other",
    [{"consent": False}, {"label": "ы"}, {"label": "жж"}, {"writer": "../x"}, {"relative_height": 2}, {"more": 1},
     {"image": "data:text/html;base64,AAAA"}, {"answer": []}],
)  # fmt: skip
def test_nothing_is_kept_without_consent_or_with_a_wrong_field(
    client: httpx.Client, settings: Settings, other: dict[str, Any]
) -> None:
    answer = client.post("/samples", json=sample(**other))
    assert answer.status_code == 422
    assert next(iter(other)) in answer.json()["detail"]
    assert not list(Path(settings.samples).rglob("*.json"))


@pytest.mark.parametrize(
    ("field", "other"),
    [("kind", {"kind": "digit"}), ("kind", {"kind": "letter", "label": "7", "uppercase": None}),
     ("uppercase", {"label": "7", "uppercase": True}), ("uppercase", {"label": "7", "uppercase": False}),
     *[("image", {"image": data_url(encoded(np.full((200, 200), grey, np.uint8)))}) for grey in (0, 128, 255)],
     ("image", {"image": data_url(encoded(np.zeros((200, 200, 4), np.uint8)))})],
)  # fmt: skip
def test_a_sample_that_contradicts_itself_or_is_blank_is_refused_by_its_field(
    client: httpx.Client, settings: Settings, field: str, other: dict[str, Any]
) -> None:
    refused = client.post("/samples", json=sample(**other))
    assert refused.status_code == 422
    assert re.fullmatch(rf"{field}: [^\n]+; (send|draw) [^\n]+", refused.json()["detail"])
    assert not list(Path(settings.samples).rglob("*.json"))


@pytest.mark.parametrize(
    "other",
    [{"kind": "letter", "uppercase": True}, {"kind": "letter", "uppercase": None}, {"label": "7", "uppercase": None},
     {"label": "0", "kind": "digit", "uppercase": None}],
)  # fmt: skip
def test_a_sample_whose_fields_fit_is_kept(client: httpx.Client, other: dict[str, Any]) -> None:
    assert client.post("/samples", json=sample(**other)).status_code == 201


@pytest.mark.parametrize(
    "answer",
    [{"label": "\x1b[2J"}, {"label": "\x1b"}, {"label": "\u202e"}, {"label": "жж"}, {"label": "\n"}, {"label": 1},
     {"label": "ж\n"}, {"more": 1}, {"more" * 1000: 1}, {"\x1b[2J": 1}, {"image": "data:,"}, {"path": "\x1b[2J"},
     {"uppercase": "\x1b[2J"}, {"p_label": 2}, {"score": 1e300}, {"top": [{"label": "\x1b[2J", "p": 0.5}]},
     {"top": [{"label": "ж", "p": 0.5}] * 100}, {"top": [{"label": "ж", "p": 0.5, "more": 1}]}, {"top": {"a": 1}}],
)  # fmt: skip
def test_an_answer_is_what_the_page_was_answered(
    client: httpx.Client, settings: Settings, answer: dict[str, Any]
) -> None:
    refused = client.post("/samples", json=sample(answer=answer))
    assert refused.status_code == 422
    detail = refused.json()["detail"]
    assert detail.startswith("answer.")
    assert detail.isprintable()
    assert len(detail) < 1000
    assert not list(Path(settings.samples).rglob("*.json"))


def test_an_answer_of_the_service_is_kept_as_it_was(client: httpx.Client, settings: Settings) -> None:
    query = {"top": 5, "relative_height": 0.4}
    answer = client.post("/predict", params=query, content=encoded(drawn())).json()
    identity = client.post("/samples", json=sample(answer=answer)).json()["id"]
    assert load_given(Path(settings.samples) / f"new/{identity}.json").answer == answer


def test_labels_of_all_tasks_can_be_answered() -> None:
    labels = set(UKRAINIAN.labels).union(*(variant.alphabet.labels for variant in VARIANTS.values()))
    for label in labels:
        Answered.model_validate({"label": label})


def test_a_body_is_no_longer_than_the_page_can_send(tmp_path: Path) -> None:
    most = Settings(samples=str(tmp_path / "зразки"))
    drawing = noisy_drawing()
    with served(create_app(most, FileSource(RELEASED))) as client:
        assert client.post("/samples", json=sample(image=data_url(drawing))).status_code == 201
        long = client.post("/samples", json=sample(answer={"label": "a" * 9_000_000}))
        assert long.status_code == 413
        assert client.post("/samples", json=sample(image=data_url(drawing + bytes(50_000)))).status_code in {413, 415}


def noisy_drawing() -> bytes:
    """Return a drawing that cannot be packed: none of the page's is longer."""
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 4), np.uint8)
    return encoded(Image.fromarray(noise))


def test_a_full_store_takes_no_more_until_there_is_room(tmp_path: Path) -> None:
    few = Settings(samples=str(tmp_path / "зразки"), samples_count=3)
    with served(create_app(few, FileSource(RELEASED))) as client:
        answers = [client.post("/samples", json=sample(writer=f"writer-{n:04}")) for n in range(5)]
        assert [answer.status_code for answer in answers] == [201, 201, 201, 507, 507]
        assert "full" in answers[-1].json()["detail"]
        assert client.post("/samples", json=sample(writer="writer-0000")).status_code == 201  # it is kept already
        path = f"/samples/{answers[0].json()['id']}"
        assert client.delete(path, params={"writer": "writer-0000"}).status_code == 204
        assert client.post("/samples", json=sample(writer="writer-0009")).status_code == 201
        assert client.post("/samples", json=sample(writer="writer-0010")).status_code == 507
    assert len(list(tmp_path.rglob("*.json"))) == 3


def test_a_drawing_that_is_no_picture_is_refused(client: httpx.Client) -> None:
    assert client.post("/samples", json=sample(image=data_url(b"a text"))).status_code == 415
    headers = {"Content-Type": "application/json"}
    assert client.post("/samples", content=b"{", headers=headers).status_code == 422


def test_only_its_writer_deletes_a_sample(client: httpx.Client, settings: Settings) -> None:
    identity = client.post("/samples", json=sample()).json()["id"]
    assert client.delete(f"/samples/{identity}", params={"writer": "another-writer"}).status_code == 404
    assert client.delete(f"/samples/{identity}", params={"writer": WRITER}).status_code == 204
    assert client.delete(f"/samples/{identity}", params={"writer": WRITER}).status_code == 404
    assert not list(Path(settings.samples).rglob("*.json"))


def test_a_sample_that_cannot_be_written_is_not_acknowledged(client: httpx.Client, settings: Settings) -> None:
    Path(settings.samples).write_text("a file where the folder should be")
    assert client.post("/samples", json=sample()).status_code == 507


def test_a_sample_that_cannot_be_deleted_now_is_not_forgotten(
    client: httpx.Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = client.post("/samples", json=sample()).json()["id"]

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(self))

    with monkeypatch.context() as patch:  # as on a file system that is read-only; the suite may run as root
        patch.setattr(Path, "unlink", refuse)
        answer = client.delete(f"/samples/{identity}", params={"writer": WRITER})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert client.delete(f"/samples/{identity}", params={"writer": WRITER}).status_code == 204


def test_a_damaged_sample_is_nobodys(client: httpx.Client, settings: Settings) -> None:
    path = Path(settings.samples) / f"new/{'0' * 64}.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{")
    assert client.delete(f"/samples/{'0' * 64}", params={"writer": WRITER}).status_code == 404
    assert path.exists()


def test_a_reviewed_sample_is_found_and_not_kept_again(tmp_path: Path) -> None:
    store = DrawingStore(tmp_path)
    identity = store.keep(GivenDrawing.model_validate(sample()))
    (tmp_path / "accepted").mkdir()
    (tmp_path / f"new/{identity}.json").rename(tmp_path / f"accepted/{identity}.json")
    assert store.keep(GivenDrawing.model_validate(sample())) == identity
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
    identity = DrawingStore(tmp_path).keep(GivenDrawing.model_validate(sample()))
    text = (tmp_path / f"new/{identity}.json").read_text("utf-8")
    assert json.loads(text)["label"] == "ж"
    assert '"ж"' in text
