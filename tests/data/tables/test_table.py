from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.errors import InputError, WorkError
from src.data.tables.table import (
    SPLIT_SCHEMA,
    label_codes,
    make_table,
    read_table,
    sample_schema_of,
    stack_images,
    write_table,
)
from src.features.labels import CODES, DIGITS, LABELS
from tests.data.table_rows import sample, table
from tests.full_disk import largest_file
from tests.glyphs import GLYPHS

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
    write_table(frame, path, SPLIT_SCHEMA)
    pd.testing.assert_frame_equal(read_table(path, SPLIT_SCHEMA), frame)


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


@pytest.mark.parametrize("sizes", [(784, 784, 1024), (783, 783, 783), (0, 0, 0)])
def test_pictures_of_another_side_than_the_others_or_of_no_square_are_refused(sizes: list[int], tmp_path: Path) -> None:
    frame = make_table([sample(number, image=bytes(size)) for number, size in enumerate(sizes)])
    with pytest.raises(WorkError, match="column image: not a square of the same side as the others"):
        write_table(frame, tmp_path / "table.parquet")


def test_codes_are_positions_in_the_alphabet() -> None:
    frame = make_table([sample(code, label=label) for code, label in enumerate(LABELS)])
    codes = label_codes(frame)
    assert codes.dtype == np.int64
    assert codes.tolist() == [CODES[label] for label in LABELS]


def test_tables_and_codes_of_another_alphabet_are_of_its_labels(tmp_path: Path) -> None:
    frame = make_table([sample(n, label=label, is_uppercase=None) for n, label in enumerate("aA1")])
    write_table(frame, tmp_path / "glyphs.parquet", sample_schema_of(GLYPHS))
    read = read_table(tmp_path / "glyphs.parquet", sample_schema_of(GLYPHS))
    assert "".join(GLYPHS.labels[code] for code in label_codes(read, GLYPHS)) == "aA1"
    with pytest.raises(InputError, match="outside the alphabet"):
        read_table(tmp_path / "glyphs.parquet")


def test_a_case_beside_a_label_that_tells_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkError, match="column is_uppercase: a case, which the label tells by itself"):
        write_table(make_table([sample(label="A")]), tmp_path / "table.parquet", sample_schema_of(GLYPHS))


def test_an_empty_table_has_no_images_and_no_codes() -> None:
    assert stack_images(make_table([])).shape == (0, 0, 0)
    assert label_codes(make_table([])).shape == (0,)


def test_a_digit_without_case_and_a_letter_of_unknown_case_are_fine(tmp_path: Path) -> None:
    frame = make_table([sample(1, label="5", is_uppercase=None), sample(2, is_uppercase=None, relative_height=None)])
    write_table(frame, tmp_path / "table.parquet")


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
