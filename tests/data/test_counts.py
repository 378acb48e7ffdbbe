from src.data.counts import count_rows
from src.data.table import make_table
from tests.data.sample_rows import row


def test_rows_are_counted_by_kind_and_case() -> None:
    cases = {"а": False, "б": True, "в": True, "г": None}
    letters = [row(label, label, is_uppercase=case) for label, case in cases.items()]
    frame = make_table([row("3", "0"), row("7", "1"), *letters])
    counts = count_rows(frame)
    assert counts["rows"] == 6
    assert counts["kind"] == {"letters": 4, "digits": 2}
    assert counts["case"] == {"lowercase": 1, "uppercase": 2, "unknown": 1}


def test_a_table_without_letters_has_no_cases() -> None:
    counts = count_rows(make_table([row("3", "0")]))
    assert counts["case"] == {"lowercase": 0, "uppercase": 0, "unknown": 0}
