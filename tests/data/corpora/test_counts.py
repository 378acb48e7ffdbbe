from src.data.corpora.counts import count_corpus, count_rows
from src.data.tables.table import make_table
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


def test_a_corpus_of_letters_is_counted_by_letter_and_by_the_cases_that_a_letter_has() -> None:
    cases = [("б", True), ("а", False), ("а", True), ("а", True), ("в", None)]
    frame = make_table([row(label, str(number), is_uppercase=case) for number, (label, case) in enumerate(cases)])
    counts = count_corpus(frame, {"blank": 2, "duplicate": 1})
    assert list(counts["letters"]) == ["а", "б", "в"]
    assert counts["letters"] == {"а": {"lowercase": 1, "uppercase": 2}, "б": {"uppercase": 1}, "в": {"unknown": 1}}
    assert counts["dropped"] == {"blank": 2, "duplicate": 1}
    assert (counts["pictures"], counts["rows"], counts["sample"]) == (8, 5, False)


def test_a_corpus_without_a_usable_picture_is_counted_too() -> None:
    counts = count_corpus(make_table([]), {"blank": 2})
    assert (counts["pictures"], counts["rows"], counts["letters"]) == (2, 0, {})
