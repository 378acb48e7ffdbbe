import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.errors import InputError
from src.config.paths import COLLECTED_TABLE, MERGED_TABLE, MNIST_TABLE, RUKOPYS_TABLE
from src.data import merge as stage
from src.data.tables.table import read_table, write_table
from tests.data.sample_rows import collected, letters, mnist, write_params

MNIST = mnist(train=30, test=12)


@settings(deadline=None, max_examples=40)
@given(st.integers(3, 30), st.floats(0.01, 0.35), st.integers(0, 5))
def test_each_class_has_its_share_of_digits_from_either_file(per_class: int, test_size: float, seed: int) -> None:
    drawn = stage.draw_digits(MNIST, per_class, test_size, seed)
    counts = pd.crosstab(drawn["label"], drawn["source"])
    from_test = max(round(per_class * test_size), 1)
    assert len(counts) == 10
    assert (counts["mnist_test"] == from_test).all()
    assert (counts["mnist_train"] == per_class - from_test).all()
    assert not drawn.duplicated(["source", "filename"]).any()


def test_seed_decides_which_digits_are_drawn() -> None:
    one, again, other = (stage.draw_digits(MNIST, 10, 0.2, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert one["filename"].tolist() != other["filename"].tolist()


@pytest.mark.parametrize(("per_class", "file"), [(40, "training"), (30, "test")])
def test_too_few_digits_name_class_and_file(per_class: int, file: str) -> None:
    test_size = 0.1 if file == "training" else 0.5
    with pytest.raises(InputError, match=f"digit 0 of MNIST's {file} file: .* merge.digits_per_class"):
        stage.draw_digits(MNIST, per_class, test_size, 1)


def test_training_digit_that_is_in_the_test_file_too_is_never_drawn() -> None:
    table = MNIST.copy()
    is_one = (table["label"] == "1") & (table["source"] == "mnist_train")
    table.loc[table.index[is_one][:28], "group"] = table.loc[table["source"] == "mnist_test", "group"].iloc[1]
    with pytest.raises(InputError, match="digit 1 of MNIST's training file: 2 where 4"):
        stage.draw_digits(table, 5, 0.2, 1)


@pytest.mark.parametrize("count", [0, 5])
def test_digits_come_before_the_letters_and_given_drawings_behind_in_their_order(count: int) -> None:
    digits, few, given = MNIST.head(7), letters("ґбя", 3, uppercase="б"), collected(count)
    joined = stage.join(few, digits, given)
    assert joined["filename"].tolist() == [*digits["filename"], *few["filename"], *given["filename"]]
    assert joined.dtypes.to_dict() == few.dtypes.to_dict()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_table(letters(), RUKOPYS_TABLE)
    write_table(mnist(train=30, test=60), MNIST_TABLE)
    write_table(collected(0), COLLECTED_TABLE)
    return tmp_path


def test_stage_counts_by_source_kind_and_case_and_writes_the_same_bytes_again(folder: Path) -> None:
    write_params(folder, merge__digits_per_class=20, split__val_size=0.2)
    written = []
    for _ in range(2):
        result = CliRunner().invoke(stage.main)
        assert result.exit_code == 0, result.output
        written.append((MERGED_TABLE.read_bytes(), stage.DETAILS.read_bytes()))
    assert written[0] == written[1]
    assert json.loads(stage.DETAILS.read_text()) == {
        "sample": False,
        "rows": 280,
        "kind": {"letters": 80, "digits": 200},
        "case": {"lowercase": 60, "uppercase": 20, "unknown": 0},
        "source": {"mnist_train": 160, "mnist_test": 40, "rukopys": 80},
    }


def test_given_drawings_are_counted_as_a_source_and_change_no_other_row(folder: Path) -> None:
    write_params(folder, merge__digits_per_class=20, split__val_size=0.2)
    tables = []
    for count in (0, 4):
        write_table(collected(count), COLLECTED_TABLE)
        result = CliRunner().invoke(stage.main)
        assert result.exit_code == 0, result.output
        tables.append(read_table(MERGED_TABLE))
    pd.testing.assert_frame_equal(tables[1].head(280), tables[0])
    assert json.loads(stage.DETAILS.read_text())["source"]["collected"] == 4


def test_published_mode_takes_fifty_of_the_test_file_whatever_the_params_say(folder: Path) -> None:
    write_params(folder, split__mode="published", merge__digits_per_class=3)
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 0, result.output
    merged = read_table(MERGED_TABLE)
    assert merged["source"].tolist() == ["mnist_test"] * 500 + ["rukopys"] * 80
    assert merged["filename"].iloc[[0, 499]].tolist() == ["glyphs/0-0.png", "glyphs/9-49.png"]


def test_stage_refuses_a_table_with_a_label_outside_the_alphabet(folder: Path) -> None:
    write_params(folder)
    letters().assign(label="ы").to_parquet(RUKOPYS_TABLE)
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 2
    assert "outside the alphabet" in result.output
    assert not MERGED_TABLE.exists()
