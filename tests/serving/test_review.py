"""What a reviewer may rely on: each waiting drawing is shown, and goes where the reviewer says."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from src.data.collected_sample import Sample
from src.serving.review import as_blocks, main
from src.serving.sample_store import SampleStore
from tests.given_samples import sample


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SampleStore:
    """Three samples, by three writers."""
    monkeypatch.setenv("PYSAR_SERVE_SAMPLES", str(tmp_path / "зразки"))
    store = SampleStore(tmp_path / "зразки")
    for writer in ("writer-0001", "writer-0002", "writer-0003"):
        store.keep(Sample.model_validate(sample(writer=writer)))
    return store


def _review(*words: str, said: str = "") -> Result:
    return CliRunner().invoke(main, list(words), input=said)


def _counts(store: SampleStore) -> dict[str, int]:
    return {folder.name: len(list(folder.glob("*.json"))) for folder in sorted(store.folder.iterdir())}


def test_each_is_shown_and_goes_where_the_reviewer_says(store: SampleStore) -> None:
    result = _review(said="a\nr\ns\n")
    assert result.exit_code == 0
    assert result.stdout.count("answered к, said to be ж (lower)") == 3
    assert "█" in result.stdout
    assert _counts(store) == {"accepted": 1, "new": 1, "rejected": 1}


def test_a_review_that_is_left_goes_on_where_it_was(store: SampleStore) -> None:
    _review(said="a\nq\n")
    assert _counts(store) == {"accepted": 1, "new": 2}
    assert _review(said="a\na\n").stdout.count("said to be") == 2
    assert _counts(store) == {"accepted": 3, "new": 0}


def test_samples_can_be_named_instead(store: SampleStore) -> None:
    first, second, third = (path.stem for path in sorted((store.folder / "new").glob("*.json")))
    assert _review("--accept", first, "--reject", second, "--delete", third).exit_code == 0
    assert _counts(store) == {"accepted": 1, "new": 0, "rejected": 1}


def test_the_list_asks_nothing_and_moves_nothing(store: SampleStore) -> None:
    assert _review("--list").stdout.count("said to be") == 3
    assert _counts(store) == {"new": 3}


@pytest.mark.parametrize("option", ["--accept", "--reject", "--delete"])
@pytest.mark.parametrize("identity", ["0" * 64, "../new", ""])
def test_an_id_that_is_unknown_is_named(store: SampleStore, option: str, identity: str) -> None:
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
