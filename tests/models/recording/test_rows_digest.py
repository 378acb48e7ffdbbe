import pytest

from src.models.recording.rows_digest import rows_digest
from tests.models.factory import typed_table

ROWS = typed_table("0а", copies=2)


def test_the_order_of_the_rows_and_their_groups_change_nothing() -> None:
    turned = ROWS.iloc[::-1].reset_index(drop=True).assign(group="g")
    assert rows_digest(turned) == rows_digest(ROWS)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("image", bytes(784)),
        ("label", "б"),
        ("is_uppercase", None),
        ("relative_height", 0.123),
        ("source", "other"),
        ("filename", "other"),
    ],
)
def test_whatever_a_model_sees_or_is_asked_changes_the_digest(column: str, value: str | bytes | float | None) -> None:
    changed = ROWS.copy()
    changed.at[3, column] = value
    assert rows_digest(changed) != rows_digest(ROWS)


def test_a_missing_or_a_second_row_changes_the_digest() -> None:
    assert len({rows_digest(ROWS), rows_digest(ROWS.iloc[1:]), rows_digest(ROWS.iloc[[0, 0, 1, 2, 3]])}) == 3
