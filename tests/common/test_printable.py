import unicodedata

import pytest

from src.common.printable import printable

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of what a terminal obeys, or does not show."""


def test_no_character_that_a_terminal_obeys_or_hides_is_left() -> None:
    shown = printable("".join(map(chr, range(0x110000))))
    assert {unicodedata.category(each) for each in shown} & HIDDEN == set()
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Ґ ґ'’", "Ґ ґ'’"), ("\x1b[2J", "\\x1b[2J"), ("a\nb\tc\r", "a\\nb\\tc\\r"), ("\x9b2J", "\\x9b2J"),
     ("\u202egnp", "\\u202egnp"), ("a\u200bb", "a\\u200bb"), ("\udcff", "\\udcff"), ("\U000e0041", "\\U000e0041")],
)  # fmt: skip
def test_what_is_hidden_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_lines_of_our_own_stay() -> None:
    assert printable("one\n\ttwo\x1b\r", lines=True) == "one\n\ttwo\\x1b\\r"
