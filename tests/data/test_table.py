from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.data.table import (
    SAMPLES,
    SPLIT_SAMPLES,
    label_codes,
    make_table,
    read_table,
    stack_images,
    write_table,
)
from src.errors import InputError, WorkError
from src.features.labels import CODES, DIGITS, LABELS
from tests.full_disk import largest_file


def sample(number: int = 0, **changes: object) -> dict[str, object]:
    """Return one letter that fits the schema, but for `changes`."""
    pixels = np.random.default_rng(number).integers(0, 256, 28 * 28, dtype=np.uint8)
    letter = {
        "image": pixels.tobytes(),
        "label": "ї",
        "is_uppercase": True,
        "relative_height": 0.5,
        "source": "rukopys",
        "filename": f"glyphs/yi-{number}.png",
        "group": "writer-1",
    }
    return letter | changes


def table(**changes: object) -> pd.DataFrame:
    """Return three letters, each with whole columns replaced."""
    frame = make_table([sample(number) for number in range(3)])
    columns: dict[str, Any] = changes
    return frame.assign(**columns)


def refusal_to_write(frame: pd.DataFrame, folder: Path, schema: pa.DataFrameSchema = SAMPLES) -> str:
    path = folder / "table.parquet"
    with pytest.raises(WorkError) as caught:
        write_table(frame, path, schema)
    assert list(folder.iterdir()) == []
    return one_line(caught.value, path)


def refusal_to_read(path: Path, schema: pa.DataFrameSchema = SAMPLES) -> str:
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


names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@st.composite
def samples(generator: st.DrawFn) -> dict[str, object]:
    label = generator(st.sampled_from(LABELS))
    return {
        "image": generator(st.binary(min_size=1, max_size=4)).ljust(784, b"\x00"),
        "label": label,
        "is_uppercase": None if label in DIGITS else generator(st.none() | st.booleans()),
        "relative_height": generator(st.none() | st.floats(0, 1, exclude_min=True)),
        "source": generator(names),
        "filename": generator(names),
        "group": generator(names),
    }


rows_of_a_table = st.lists(samples(), max_size=6, unique_by=lambda row: (row["source"], row["filename"]))


@settings(deadline=None, max_examples=60)
@given(rows=rows_of_a_table)
def test_a_table_reads_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "round.parquet"
    frame = make_table(rows)
    write_table(frame, path)
    read = read_table(path)
    pd.testing.assert_frame_equal(read, frame)
    assert [None if pd.isna(case) else bool(case) for case in read["is_uppercase"]] == [
        row["is_uppercase"] for row in rows
    ]


@settings(deadline=None, max_examples=30)
@given(rows=rows_of_a_table, data=st.data())
def test_a_split_table_reads_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "split.parquet"
    parts = [data.draw(st.sampled_from(["train", "val", "test"])) for _ in rows]
    frame = make_table(rows).assign(split=pd.Series(parts, dtype="str"))
    write_table(frame, path, SPLIT_SAMPLES)
    pd.testing.assert_frame_equal(read_table(path, SPLIT_SAMPLES), frame)


def test_the_same_table_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_table(table(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_selection_of_rows_reads_back_without_its_old_row_numbers(tmp_path: Path) -> None:
    write_table(table().iloc[[2, 0]], tmp_path / "some.parquet")
    read = read_table(tmp_path / "some.parquet")
    assert list(read.index) == [0, 1]
    assert list(read["filename"]) == ["glyphs/yi-2.png", "glyphs/yi-0.png"]


def test_images_come_back_as_the_pixels_they_were() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    frame = make_table([sample(number, image=image.tobytes()) for number, image in enumerate(pixels)])
    images = stack_images(frame)
    assert np.array_equal(images, pixels)
    images[0] = 0
    assert frame["image"][0] == pixels[0].tobytes()


def test_codes_are_positions_in_the_alphabet() -> None:
    frame = make_table([sample(code, label=label) for code, label in enumerate(LABELS)])
    codes = label_codes(frame)
    assert codes.dtype == np.int64
    assert codes.tolist() == [CODES[label] for label in LABELS]


def test_an_empty_table_has_no_images_and_no_codes() -> None:
    assert stack_images(make_table([])).shape == (0, 28, 28)
    assert label_codes(make_table([])).shape == (0,)


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"label": "ы"}, ["label", "outside the alphabet", "ы"]),
        ({"label": "Ї"}, ["label", "outside the alphabet", "Ї"]),
        ({"label": "i"}, ["label", "outside the alphabet"]),
        ({"label": ["ї", None, "ї"]}, ["label", "null", "row 1"]),
        ({"label": [1, 2, 3]}, ["label"]),
        ({"label": "5"}, ["a digit carries a case"]),
        ({"image": b"short"}, ["image", "784 bytes"]),
        ({"image": bytes(785)}, ["image", "784 bytes"]),
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


@pytest.mark.parametrize("column", list(SAMPLES.columns))
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    assert f"'{column}'" in refusal_to_write(table().drop(columns=column), tmp_path)


def test_columns_in_another_order_are_refused(tmp_path: Path) -> None:
    frame = table()
    assert "order" in refusal_to_write(frame[list(reversed(frame.columns))], tmp_path)


def test_a_split_table_needs_its_split_and_a_plain_one_has_none(tmp_path: Path) -> None:
    assert "'split'" in refusal_to_write(table(), tmp_path, SPLIT_SAMPLES)
    assert "'split'" in refusal_to_write(table(split="train"), tmp_path)
    assert "tset" in refusal_to_write(table(split="tset"), tmp_path, SPLIT_SAMPLES)


def test_a_digit_without_case_and_a_letter_of_unknown_case_are_fine(tmp_path: Path) -> None:
    frame = make_table([sample(1, label="5", is_uppercase=None), sample(2, is_uppercase=None, relative_height=None)])
    write_table(frame, tmp_path / "table.parquet")


def test_no_table_says_how_to_make_it(tmp_path: Path) -> None:
    assert "no such table" in refusal_to_read(tmp_path / "glyphs.parquet")


def test_a_table_of_another_schema_is_refused_with_its_column(tmp_path: Path) -> None:
    path = tmp_path / "other.parquet"
    table(label="ы").to_parquet(path)
    assert "outside the alphabet" in refusal_to_read(path)
    pd.DataFrame({"a": [1]}).to_parquet(path)
    assert "another schema" in refusal_to_read(path)
    write_table(table(), path)
    assert "'split'" in refusal_to_read(path, SPLIT_SAMPLES)


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


def test_a_full_disk_leaves_the_old_table_and_names_it(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    write_table(table(), path)
    large = make_table([sample(number) for number in range(300)])
    with pytest.raises(OSError, match="File too large") as caught, largest_file(20_000):
        write_table(large, path)
    assert caught.value.filename == str(path)
    assert len(read_table(path)) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_nothing_where_there_was_no_table(tmp_path: Path) -> None:
    large = make_table([sample(number) for number in range(300)])
    with pytest.raises(OSError, match="File too large"), largest_file(20_000):
        write_table(large, tmp_path / "table.parquet")
    assert list(tmp_path.iterdir()) == []
