from pathlib import Path

import pandas as pd
import pytest

from src.common.errors import InputError
from src.data.tables.table import write_table
from src.features.labels import DIGITS, LETTERS
from src.models.rows.corpora import TABLES, hold_back, read_corpora, without
from tests.models.factory import PRETRAIN, corpora


@pytest.fixture
def frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    monkeypatch.chdir(tmp_path)
    for name, table in corpora(copies=8).items():
        write_table(table, TABLES[name])
    return read_corpora(["mnist", "cmnist"])


def test_rows_of_mnist_s_test_file_are_never_learned_from(frame: pd.DataFrame) -> None:
    assert set(frame["source"]) == {"mnist_train", "cmnist"}


def test_validation_rows_are_whole_sheets_of_each_letter_case_and_digit(frame: pd.DataFrame) -> None:
    train, validation = hold_back(frame, PRETRAIN.model_copy(update={"val_size": 0.5}))
    assert len(train) + len(validation) == len(frame)
    assert set(train["group"]).isdisjoint(validation["group"])
    assert set(validation["label"]) == set(DIGITS + LETTERS)
    letters = validation[validation["label"].isin(list(LETTERS))]
    assert len(letters[["label", "is_uppercase"]].drop_duplicates()) == 66


def test_made_letters_choose_nothing_and_those_of_a_held_sheet_teach_nothing(frame: pd.DataFrame) -> None:
    made = frame[frame["source"] == "cmnist"].assign(source="fill_composed", label="ї")
    made["filename"] = made["filename"] + "-made"
    both = pd.concat([frame, made], ignore_index=True)
    train, validation = hold_back(both, PRETRAIN)
    assert set(validation["source"]) == {"mnist_train", "cmnist"}
    assert "fill_composed" in set(train["source"])
    assert set(train["group"]).isdisjoint(validation["group"])


def test_made_letters_alone_are_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"pretrain\.corpora"):
        hold_back(frame.assign(source="fill_drawn"), PRETRAIN)


def test_too_few_rows_name_the_param(frame: pd.DataFrame) -> None:
    with pytest.raises(InputError, match=r"pretrain\.val_size"):
        hold_back(frame.iloc[[0, 10, 20]], PRETRAIN)


def test_rows_of_other_rows_groups_can_be_left_out(frame: pd.DataFrame) -> None:
    others = frame.iloc[[3, 200]]
    assert set(without(frame, others)["group"]) == set(frame["group"]) - set(others["group"])
