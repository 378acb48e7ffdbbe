"""What a user may rely on with models of several tasks: each answers for itself, the Ukrainian unless told."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from src.common.digests import file_digest
from src.prediction.model_file import RELEASED, TASKS, released_file
from src.serving.app import create_app
from src.serving.live.model_source import FileSource, find_others
from src.serving.settings import Settings
from tests.glyphs import printed
from tests.prediction.drawings import drawn, encoded
from tests.serving.conftest import served
from tests.serving.latin import BALANCED, DIGITS_TASK, GLYPHS_TASK, SERVED, write_small_model

UKRAINIAN_LETTER, LATIN_LETTER = encoded(drawn("ж")), encoded(printed("A"))


def test_the_ukrainian_model_answers_unless_another_task_is_asked_for(latin_client: httpx.Client) -> None:
    told = [latin_client.post(f"/predict{query}", content=UKRAINIAN_LETTER).json() for query in ("", "?task=ukrainian")]
    assert told[0] == told[1]
    assert told[0]["label"] == "ж"
    assert "unsure" not in told[0]


def test_another_task_answers_with_its_own_labels_whose_case_they_tell(latin_client: httpx.Client) -> None:
    answer = latin_client.post(f"/predict?task={GLYPHS_TASK}&top=47", content=LATIN_LETTER).json()
    assert {each["label"] for each in answer["top"]} == set(BALANCED.labels)
    assert (answer["uppercase"], answer["p_uppercase"]) == (BALANCED.is_uppercase(answer["label"]), None)
    assert answer["unsure"] is True


@pytest.mark.parametrize("path", ["/predict", "/model"])
@pytest.mark.parametrize("task", ["klingon", "emnist-byclass", "", "a\nb" + 100 * "c"])
def test_a_task_that_is_not_served_is_refused_with_those_that_are(
    latin_client: httpx.Client, path: str, task: str
) -> None:
    method = "POST" if path == "/predict" else "GET"
    answer = latin_client.request(method, path, params={"task": task}, content=LATIN_LETTER)
    assert answer.status_code == 404
    assert answer.json()["detail"].endswith("served are ukrainian, emnist-balanced, emnist-mnist")
    assert "\n" not in answer.json()["detail"]
    assert len(answer.json()["detail"]) < 200


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (f"task={GLYPHS_TASK}&top=48", "top: the task has 47 labels"),
        ("top=44", "top: the task has 43 labels"),
        (f"task={DIGITS_TASK}&kind=letter", "kind: the task has no letters"),
    ],
)
def test_what_a_tasks_labels_cannot_answer_is_refused(latin_client: httpx.Client, query: str, reason: str) -> None:
    answer = latin_client.post(f"/predict?{query}", content=LATIN_LETTER)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(reason)


def test_a_kind_that_a_task_has_is_answered(latin_client: httpx.Client) -> None:
    for task, kind, labels in ((DIGITS_TASK, "digit", "0123456789"), (GLYPHS_TASK, "letter", BALANCED.labels[10:])):
        answer = latin_client.post(f"/predict?task={task}&kind={kind}", content=LATIN_LETTER)
        assert answer.json()["label"] in labels


def test_the_tasks_are_told_with_their_labels(latin_client: httpx.Client, client: httpx.Client) -> None:
    ukrainian = {"name": "ukrainian", "labels": "0123456789абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "case": True}
    others = [{"name": task, "labels": alphabet.labels, "case": False} for task, alphabet in SERVED.items()]
    assert latin_client.get("/tasks").json() == [ukrainian, *others]
    assert client.get("/tasks").json() == [ukrainian]


def test_each_task_has_the_card_of_its_own_model(latin_client: httpx.Client, latin: Path) -> None:
    default, other = (latin_client.get(f"/model{query}").json() for query in ("", f"?task={DIGITS_TASK}"))
    assert (default["name"], default["sha256"]) == ("pysar", file_digest(RELEASED))
    assert (other["name"], other["sha256"]) == (DIGITS_TASK, file_digest(latin / TASKS[DIGITS_TASK]))
    assert other["calibration"]["label_threshold"] == 0.999
    assert "figures" not in other


def test_a_model_of_another_task_that_is_replaced_is_taken_up(latin_client: httpx.Client, latin: Path) -> None:
    path, new = latin / TASKS[DIGITS_TASK], latin / "new.onnx"
    before = [latin_client.get(f"/model?task={task}").json()["sha256"] for task in (DIGITS_TASK, GLYPHS_TASK)]
    write_small_model(new, SERVED[DIGITS_TASK], seed=2)
    digest = file_digest(new)
    assert digest != before[0]
    new.replace(path)
    _wait(lambda: latin_client.get(f"/model?task={DIGITS_TASK}").json()["sha256"] == digest)
    assert latin_client.get(f"/model?task={GLYPHS_TASK}").json()["sha256"] == before[1]


def test_a_broken_model_of_another_task_is_told_of_and_the_rest_is_served(
    settings: Settings, latin: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (latin / TASKS[DIGITS_TASK]).write_bytes(b"broken")
    with caplog.at_level(logging.WARNING):
        app = create_app(settings, FileSource(RELEASED), find_others(latin))
    assert [record.message.partition(":")[0] for record in caplog.records] == [DIGITS_TASK]
    with served(app) as client:
        assert [task["name"] for task in client.get("/tasks").json()] == ["ukrainian", GLYPHS_TASK]
        ready = client.get("/readyz")
        assert ready.status_code == 200
        assert ready.text.startswith(f"ready\n{DIGITS_TASK}: not served: emnist-mnist.onnx: no ONNX model")
        assert str(latin) not in ready.text


def test_a_model_of_another_task_that_was_broken_is_served_once_it_works(
    settings: Settings, latin: Path, tmp_path: Path
) -> None:
    path, good = latin / TASKS[DIGITS_TASK], tmp_path / "good.onnx"
    path.rename(good)
    path.write_bytes((latin / TASKS[GLYPHS_TASK]).read_bytes())
    with served(create_app(settings, FileSource(RELEASED), find_others(latin))) as client:
        assert "another alphabet" in client.get("/readyz").text
        good.replace(path)
        _wait(lambda: client.get("/readyz").text == "ready")
        assert client.post(f"/predict?task={DIGITS_TASK}", content=LATIN_LETTER).json()["label"].isdigit()
        path.write_bytes(b"broken")
        _wait(lambda: client.get("/readyz").text != "ready")
        assert f"{DIGITS_TASK}: emnist-mnist.onnx: no ONNX model" in client.get("/readyz").text
        assert client.post(f"/predict?task={DIGITS_TASK}", content=LATIN_LETTER).status_code == 200


def test_outside_a_repository_the_released_models_are_the_tasks(settings: Settings, tmp_path: Path) -> None:
    with served(create_app(settings, FileSource(RELEASED), find_others(tmp_path))) as client:
        assert [task["name"] for task in client.get("/tasks").json()] == ["ukrainian", "emnist-balanced"]
        answer = client.post("/predict?task=emnist-balanced&kind=letter", content=LATIN_LETTER).json()
        card = client.get("/model?task=emnist-balanced").json()
    assert answer["label"] == "A"
    assert card["sha256"] == file_digest(released_file("emnist-balanced"))
    assert card["figures"]["label"]["n"] > 1000


def _wait(until: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.05)
