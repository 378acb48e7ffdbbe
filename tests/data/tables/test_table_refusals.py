from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.errors import InputError, WorkError
from src.data.tables.table import SAMPLE_SCHEMA, SPLIT_SCHEMA, read_table, write_table
from tests.data.table_rows import table


def refusal_to_write(frame: pd.DataFrame, folder: Path, schema: pa.DataFrameSchema = SAMPLE_SCHEMA) -> str:
    path = folder / "table.parquet"
    with pytest.raises(WorkError) as caught:
        write_table(frame, path, schema)
    assert list(folder.iterdir()) == []
    return one_line(caught.value, path)


def refusal_to_read(path: Path, schema: pa.DataFrameSchema = SAMPLE_SCHEMA) -> str:
    with pytest.raises(InputError) as caught:
        read_table(path, schema)
    message = one_line(caught.value, path)
    assert "`dvc repro`" in message
    return message


def one_line(error: Exception, path: Path) -> str:
    message = str(error)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert len(message) < len(str(path)) + 250
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"label": "ы"}, ["label", "outside the alphabet", "ы"]),
        ({"label": "Ї"}, ["label", "outside the alphabet", "Ї"]),
        ({"label": "i"}, ["label", "outside the alphabet"]),
        ({"label": ["ї", None, "ї"]}, ["label", "null", "row 1"]),
        ({"label": [1, 2, 3]}, ["label"]),
        ({"label": "5"}, ["a digit carries a case"]),
        ({"image": b"short"}, ["image", "not a square"]),
        ({"image": bytes(785)}, ["image", "not a square"]),
        ({"image": None}, ["image", "null"]),
        ({"image": 7}, ["image"]),
        ({"is_uppercase": "так"}, ["is_uppercase"]),
        ({"is_uppercase": 1}, ["is_uppercase", "boolean"]),
        ({"relative_height": 1.5}, ["relative_height", "(0, 1]", "1.5"]),
        ({"relative_height": 0.0}, ["relative_height", "(0, 1]"]),
        ({"relative_height": np.inf}, ["relative_height", "(0, 1]"]),
        ({"source": ""}, ["source", "empty"]),
        ({"filename": "same.png"}, ["same source and filename twice"]),
        ({"group": [["a"], ["b"], ["c"]]}, ["group"]),
        ({"writer": "me"}, ["'writer'"]),
    ],
)
def test_a_table_that_breaks_the_schema_is_not_written(
    tmp_path: Path, changes: dict[str, Any], reasons: list[str]
) -> None:
    message = refusal_to_write(table(**changes), tmp_path)
    assert all(reason in message for reason in reasons), message


@pytest.mark.parametrize("column", list(SAMPLE_SCHEMA.columns))
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    assert f"'{column}'" in refusal_to_write(table().drop(columns=column), tmp_path)


def test_columns_in_another_order_are_refused(tmp_path: Path) -> None:
    frame = table()
    assert "order" in refusal_to_write(frame[list(reversed(frame.columns))], tmp_path)


def test_a_split_table_needs_its_split_and_a_plain_one_has_none(tmp_path: Path) -> None:
    assert "'split'" in refusal_to_write(table(), tmp_path, SPLIT_SCHEMA)
    assert "'split'" in refusal_to_write(table(split="train"), tmp_path)
    assert "tset" in refusal_to_write(table(split="tset"), tmp_path, SPLIT_SCHEMA)


def test_no_table_says_how_to_make_it(tmp_path: Path) -> None:
    assert "no such table" in refusal_to_read(tmp_path / "glyphs.parquet")


def test_a_table_of_another_schema_is_refused_with_its_column(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    table(label="ы").to_parquet(path)
    assert "outside the alphabet" in refusal_to_read(path)
    pd.DataFrame({"a": [1]}).to_parquet(path)
    assert "another schema" in refusal_to_read(path)
    write_table(table(), path)
    assert "'split'" in refusal_to_read(path, SPLIT_SCHEMA)


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"image,label\n1,2\n", b"\x89PNG\r\n\x1a\n" + bytes(100), b"PAR1" + bytes(50) + b"PAR1"]
)
def test_a_file_of_another_type_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table.parquet"
    path.write_bytes(content)
    assert "not a whole Parquet file" in refusal_to_read(path)


@settings(deadline=None, max_examples=40)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_table_is_refused(tmp_path_factory: pytest.TempPathFactory, share: float) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.parquet"
    write_table(table(), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert "not a whole Parquet file" in refusal_to_read(path)


@settings(deadline=None, max_examples=80)
@given(position=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_changed_byte_is_refused_or_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, position: float, flip: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.parquet"
    write_table(table(), path)
    content = bytearray(path.read_bytes())
    content[int(position * len(content))] ^= flip
    path.write_bytes(content)
    try:
        read = read_table(path)
    except InputError as error:
        one_line(error, path)
    else:
        pd.testing.assert_frame_equal(read, table())
