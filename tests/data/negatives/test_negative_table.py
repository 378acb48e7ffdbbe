from pathlib import Path
from typing import Any

import pytest

from src.common.errors import WorkError
from src.data.negatives.negative_table import NEGATIVE_SCHEMA, make_negatives
from src.data.tables.table import read_table, write_table


def negative(number: int, **changes: object) -> dict[str, Any]:
    row = {
        "image": bytes(784),
        "relative_height": None,
        "kind": "latin",
        "source": "emnist",
        "filename": f"{number:06d}",
        "group": f"emnist/{number:06d}",
        "split": "test",
    }
    return row | changes


def test_a_table_comes_back_as_it_was_written(tmp_path: Path) -> None:
    frame = make_negatives([negative(1), negative(2, relative_height=0.5, split="val")])
    write_table(frame, tmp_path / "negatives.parquet", NEGATIVE_SCHEMA)
    assert read_table(tmp_path / "negatives.parquet", NEGATIVE_SCHEMA).equals(frame)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"kind": "letter"}, "no kind of negative"),
        ({"split": "train"}, "not val or test"),
        ({"image": bytes(783)}, "not a square"),
        ({"relative_height": 0.0}, r"outside \(0, 1\]"),
        ({"filename": "000001"}, "the same source and filename twice"),
    ],
)
def test_a_row_that_breaks_the_schema_is_not_written(
    tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(WorkError, match=complaint):
        write_table(
            make_negatives([negative(1), negative(2, **changes)]), tmp_path / "negatives.parquet", NEGATIVE_SCHEMA
        )
    assert list(tmp_path.iterdir()) == []
