"""What a reviewer may rely on: each waiting drawing is shown, and goes where the reviewer says."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from src.commands.review import as_blocks, main
from src.data.corpora.given_drawing import GivenDrawing
from src.serving.store.drawing_store import DrawingStore
from tests.given_drawings import data_url, sample
from tests.prediction.drawings import drawn, encoded


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DrawingStore:
    """Three samples, by three writers."""
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", str(tmp_path / "зразки"))
    store = DrawingStore(tmp_path / "зразки")
    for writer in ("writer-0001", "writer-0002", "writer-0003"):
        store.keep(GivenDrawing.model_validate(sample(writer=writer)))
    return store


def _review(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=said)


def _counts(store: DrawingStore) -> dict[str, int]:
    return {folder.name: len(list(folder.glob("*.json"))) for folder in sorted(store.folder.iterdir())}


def test_each_is_shown_and_goes_where_the_reviewer_says(store: DrawingStore) -> None:
    result = _review(said="a\nr\ns\n")
    assert result.exit_code == 0
    assert result.stdout.count("answered к, said to be ж (lower)") == 3
    assert "█" in result.stdout
    assert _counts(store) == {"accepted": 1, "new": 1, "rejected": 1}


def test_a_review_that_is_left_goes_on_where_it_was(store: DrawingStore) -> None:
    _review(said="a\nq\n")
    assert _counts(store) == {"accepted": 1, "new": 2}
    assert _review(said="a\na\n").stdout.count("said to be") == 2
    assert _counts(store) == {"accepted": 3, "new": 0}


def test_samples_can_be_named_instead(store: DrawingStore) -> None:
    first, second, third = (path.stem for path in sorted((store.folder / "new").glob("*.json")))
    assert _review("--accept", first, "--reject", second, "--delete", third).exit_code == 0
    assert _counts(store) == {"accepted": 1, "new": 0, "rejected": 1}


def test_the_list_asks_nothing_and_moves_nothing(store: DrawingStore) -> None:
    assert _review("--list").stdout.count("said to be") == 3
    assert _counts(store) == {"new": 3}


@pytest.mark.parametrize("option", ["--accept", "--reject", "--delete"])
@pytest.mark.parametrize("identity", ["0" * 64, "../new", ""])
def test_an_id_that_is_unknown_is_named(store: DrawingStore, option: str, identity: str) -> None:
    result = _review(option, identity)
    assert result.exit_code == 2
    assert "no such sample" in result.stderr
    assert _counts(store) == {"new": 3}


def test_nothing_that_waits_is_nothing_to_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", str(tmp_path / "nothing"))
    assert _review().exit_code == 0


def test_blocks_show_two_pixels_each() -> None:
    picture = np.array([[0, 255, 0, 255], [0, 0, 255, 255]], np.uint8)
    assert as_blocks(picture) == " ▀▄█"


ESCAPES = "\x1b[2J\x1b]52;c;cm0gLXJm\x07\x9b1m\u202e\u2066\u200b\r\n(a)ccept\x08"
"""A cleared screen, a clipboard, colours, text that turns, a forged prompt."""


def _put(store: DrawingStore, name: str, **other: Any) -> None:  # noqa: ANN401 - fields of several types
    """Put a file where samples wait, as an older service, or somebody else, may have."""
    text = json.dumps({**sample(), **other})
    (store.folder / "new" / f"{name}.json").write_text(text, "utf-8")


def _shown(result: Result) -> str:
    """Return what a review shows; nothing in it is obeyed by a terminal, or hidden."""
    assert "Traceback" not in result.output
    for line in result.output.split("\n"):
        assert line.isprintable(), line
    return result.output


@pytest.mark.parametrize(
    "answer", [{"label": ESCAPES}, {"label": [ESCAPES]}, {"label": {"a": ESCAPES}}, {ESCAPES: ESCAPES}, {"label": None}]
)
def test_escapes_in_an_older_answer_are_not_obeyed(store: DrawingStore, answer: dict[str, Any]) -> None:
    _put(store, "0" * 64, answer=answer)
    for result in (_review("--list"), _review(said="s\n" * 4)):
        assert result.exit_code == 0
        assert _shown(result).count("said to be ж") == 4


@pytest.mark.parametrize(
    "other",
    [{ESCAPES: 1}, {"label": ESCAPES}, {"label": "ж\n"}, {"writer": ESCAPES}, {"kind": ESCAPES}, {"image": ESCAPES},
     {"uppercase": ESCAPES}, {"image": "data:image/png;base64,AAA"},
     {"image": data_url(b"\x89PNG\r\n\x1a\n" + ESCAPES.encode())},
     {"image": data_url(encoded(drawn(), "JPEG", progressive=True, comment=ESCAPES.encode()))}],
)  # fmt: skip
def test_what_is_no_sample_is_told_of_and_does_not_end_the_review(store: DrawingStore, other: dict[str, Any]) -> None:
    _put(store, "0" * 64, **other)
    os.utime(store.folder / f"new/{'0' * 64}.json", (0, 0))  # it is the oldest
    for result in (_review("--list"), _review(said="s\ns\na\n")):
        assert result.exit_code == 2
        assert _shown(result).count("said to be ж") == 3
        assert "0" * 64 in result.stderr
        assert "delete it" in result.stderr
    assert _counts(store)["accepted"] == 1


@pytest.mark.parametrize("name", [ESCAPES.replace("/", ""), "a\x1b[2J", "\u202ea", "b" * 64 + "\n"])
def test_escapes_in_a_files_name_are_not_obeyed(store: DrawingStore, name: str) -> None:
    _put(store, name)
    result = _review("--list")
    assert result.exit_code == 2
    assert _shown(result).count("said to be") == 3
    assert "its name is no id" in result.stderr


def test_a_file_that_cannot_be_read_is_told_of_and_does_not_end_the_review(store: DrawingStore) -> None:
    (store.folder / f"new/{'0' * 64}.json").mkdir()
    result = _review("--list")
    assert result.exit_code == 2
    assert _shown(result).count("said to be") == 3


@pytest.mark.parametrize(
    "put",
    [os.mkfifo, lambda path: path.symlink_to(path), lambda path: path.symlink_to("/dev/zero"),
     lambda path: path.symlink_to("/dev"), lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_RDWR), 10**9)],
    ids=["fifo", "a link to itself", "device", "folder", "a gigabyte"],
)  # fmt: skip
def test_what_is_no_file_of_a_sample_is_told_of_and_does_not_end_the_review(
    store: DrawingStore, put: Callable[[Path], object]
) -> None:
    put(store.folder / f"new/{'0' * 64}.json")
    result = _review("--list")
    assert result.exit_code == 2
    assert _shown(result).count("said to be") == 3
    assert "0" * 64 in result.stderr
    assert "delete it" in result.stderr


def test_a_folder_that_cannot_be_looked_into_is_not_taken_for_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", str(tmp_path / "file"))
    (tmp_path / "file").write_text("a file where the folder should be")
    for words in (["--list"], []):
        result = _review(*words)
        assert result.exit_code == 1
        assert result.stderr.startswith(f"Error: {tmp_path / 'file/new'}: Not a directory: ")


@pytest.mark.parametrize(
    ("closed", "reason"), [("<&-", "standard input is closed"), (">&-", "standard output is closed")]
)
def test_a_closed_input_or_output_is_told_of_in_one_line(store: DrawingStore, closed: str, reason: str) -> None:
    command = f"exec '{sys.executable}' -m src.commands.review {closed}"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, input="s\n", check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {reason}")
    assert done.stderr.count("\n") == 1
    assert _counts(store) == {"new": 3}


class _ReviewedElsewhere(DrawingStore):
    """A store in which somebody else rejects each sample while its reviewer thinks."""

    def read(self, identity: str) -> GivenDrawing:
        sample = super().read(identity)
        super().move(identity, "rejected")
        return sample


def test_of_two_reviews_at_once_the_first_word_stands(store: DrawingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.commands.review.DrawingStore", _ReviewedElsewhere)
    result = _review(said="a\na\na\n")
    assert result.exit_code == 0
    assert result.stdout.count("somebody else has reviewed it") == 3
    assert _counts(store) == {"new": 0, "rejected": 3}


class _TakenBack(DrawingStore):
    """A store whose samples are taken back in the moment before something happens to them."""

    def read(self, identity: str) -> GivenDrawing:
        if len(self.waiting()) == 3:
            self.delete(identity)
        return super().read(identity)

    def move(self, identity: str, folder: str) -> None:
        if len(self.waiting()) == 2:
            self.delete(identity)
        super().move(identity, folder)


def test_a_sample_that_is_taken_back_meanwhile_does_not_end_the_review(
    store: DrawingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three the first is taken back before it is shown, the second while the reviewer is asked."""
    monkeypatch.setattr("src.commands.review.DrawingStore", _TakenBack)
    result = _review(said="a\na\n")
    assert result.exit_code == 0
    assert result.stdout.count("said to be") == 2
    assert result.stdout.count("taken it back") == 1
    assert _counts(store) == {"accepted": 1, "new": 0}


def test_what_killed_writes_left_is_removed_by_a_review(store: DrawingStore) -> None:
    left = store.folder / f"new/{'0' * 64}.0123456789abcdef.tmp"
    left.write_bytes(b"a part of a drawing")
    assert _review("--list").exit_code == 0
    assert not left.exists()
