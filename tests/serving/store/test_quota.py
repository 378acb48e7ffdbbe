"""What an operator may rely on: no more is kept than may be, however many give at once."""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from src.data.corpora.given_drawing import GivenDrawing, drawing_content
from src.serving.store.drawing_store import DrawingStore
from src.serving.store.quota import Amount, Quota, StoreFullError, count_files
from tests.given_drawings import sample

SIZE = len(drawing_content(GivenDrawing.model_validate(sample())))
MANY = 10**12


def give(store: DrawingStore, number: int) -> bool:
    """Give a sample and say whether it was kept."""
    try:
        store.keep(GivenDrawing.model_validate(sample(writer=f"writer-{number:04}")))
    except StoreFullError:
        return False
    return True


@pytest.mark.parametrize("most", [Amount(5, MANY), Amount(MANY, 5 * SIZE), Amount(MANY, 6 * SIZE - 1)])
def test_no_more_is_kept_than_may_be(tmp_path: Path, most: Amount) -> None:
    store = DrawingStore(tmp_path, Quota(tmp_path, most))
    with ThreadPoolExecutor(8) as pool:
        kept = list(pool.map(lambda number: give(store, number), range(40)))
    assert sum(kept) == 5
    assert count_files(tmp_path) == Amount(5, 5 * SIZE)


def test_what_was_there_before_counts_reviewed_or_not(tmp_path: Path) -> None:
    store = DrawingStore(tmp_path)
    for number in range(3):
        give(store, number)
    for identity, folder in zip(store.waiting(), ("accepted", "rejected", "new"), strict=True):
        store.move(identity, folder)
    (tmp_path / "accepted/.gitkeep").touch()
    limited = DrawingStore(tmp_path, Quota(tmp_path, Amount(4, MANY)))
    assert [give(limited, number) for number in range(3, 6)] == [True, False, False]


def test_room_that_somebody_else_makes_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.serving.store.quota._AGAIN_SECONDS", 0.0)
    store = DrawingStore(tmp_path, Quota(tmp_path, Amount(1, MANY)))
    assert give(store, 0)
    assert not give(store, 1)
    DrawingStore(tmp_path).delete(store.waiting()[0])
    assert give(store, 1)


def test_what_could_not_be_written_takes_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("src.serving.store.quota._AGAIN_SECONDS", 0.0)
    (tmp_path / "new").write_text("a file where the folder should be")
    store = DrawingStore(tmp_path, Quota(tmp_path, Amount(2, MANY)))
    for number in range(3):
        with pytest.raises(OSError, match="new"):
            give(store, number)
    (tmp_path / "new").unlink()
    assert [give(store, number) for number in range(3)] == [True, True, False]


def test_that_it_is_full_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = DrawingStore(tmp_path, Quota(tmp_path, Amount(1, MANY)))
    with caplog.at_level(logging.WARNING):
        for number in range(10):
            give(store, number)
    assert [record.message.count("PYSAR_SERVE_SAMPLES_COUNT") for record in caplog.records] == [1]
