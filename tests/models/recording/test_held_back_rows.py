"""What a champion is chosen by is of rows to learn from, and of those that the split table has."""

from pathlib import Path

import pandas as pd
import pytest

from src.common.errors import InputError
from src.models.recording.held_back_rows import read_held_back
from src.models.recording.rows_digest import rows_digest
from tests.models.factory import split_table


@pytest.fixture
def learnable() -> pd.DataFrame:
    frame = split_table()
    return frame[frame["split"] != "test"]


def write(rows: pd.DataFrame, path: Path) -> Path:
    rows[["source", "filename"]].to_csv(path, index=False)
    return path


def test_the_digest_is_that_of_the_rows_read_in_whatever_order(learnable: pd.DataFrame, tmp_path: Path) -> None:
    some = learnable.iloc[3:20]
    found = read_held_back(learnable, write(some.sample(frac=1, random_state=1), tmp_path / "answers.csv"))
    assert found.digest == rows_digest(some)
    assert found.digest != rows_digest(learnable)


def test_answers_to_other_rows_are_refused(learnable: pd.DataFrame, tmp_path: Path) -> None:
    path = write(split_table(), tmp_path / "answers.csv")  # test rows among them
    with pytest.raises(InputError, match="rows to learn from"):
        read_held_back(learnable, path)
    twice = write(pd.concat([learnable.head(2)] * 2), tmp_path / "twice.csv")
    with pytest.raises(InputError, match="rows to learn from"):
        read_held_back(learnable, twice)


@pytest.mark.parametrize("content", [None, "", "name\na\n"])
def test_a_table_that_is_missing_or_damaged_is_named(
    content: str | None, learnable: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "answers.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"answers\.csv: no .*dvc repro calibrate"):
        read_held_back(learnable, path)
