import numpy as np
import pytest

from src.features.labels import CODES, DIGITS, LABELS, LETTERS, UKRAINIAN, Alphabet, is_digit

GLYPHS = Alphabet("01ABCab", case_head=False)


def test_the_alphabet_is_ten_digits_and_the_33_ukrainian_letters_in_order() -> None:
    assert LABELS == "0123456789абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
    assert len(LETTERS) == 33
    assert len(set(LABELS)) == len(LABELS)


def test_a_labels_code_is_its_position() -> None:
    assert [CODES[label] for label in LABELS] == list(range(43))
    assert "".join(LABELS[code] for code in np.flatnonzero(UKRAINIAN.digits)) == DIGITS
    assert "".join(LABELS[code] for code in np.flatnonzero(~UKRAINIAN.digits)) == LETTERS


def test_letters_are_cyrillic_and_lowercase() -> None:
    assert all("\u0400" <= letter <= "\u04ff" and letter == letter.lower() != letter.upper() for letter in LETTERS)


def test_only_a_single_known_digit_is_a_digit() -> None:
    assert all(is_digit(label) for label in DIGITS)
    assert not any(is_digit(label) for label in [*LETTERS, "", "12", "٣", "o", "о"])


@pytest.mark.parametrize(
    ("alphabet", "character", "label"),
    [(UKRAINIAN, "Ж", "ж"), (UKRAINIAN, "z", None), (GLYPHS, "a", "a"), (GLYPHS, "c", "C"), (GLYPHS, "", None)],
)
def test_a_character_is_read_under_its_own_label_or_that_of_its_other_case(
    alphabet: Alphabet, character: str, label: str | None
) -> None:
    assert alphabet.label_of(character) == label


def test_a_label_tells_the_case_where_its_other_case_is_a_label_too() -> None:
    assert {label: GLYPHS.is_uppercase(label) for label in "1ACab"} == {
        "1": None, "A": True, "C": None, "a": False, "b": False,
    }  # fmt: skip
    assert all(UKRAINIAN.is_uppercase(label) is None for label in LABELS)


@pytest.mark.parametrize("alphabet", [UKRAINIAN, GLYPHS])
def test_an_alphabet_comes_back_as_a_models_file_describes_it(alphabet: Alphabet) -> None:
    assert Alphabet.of_described({"side": "28", **alphabet.described()}) == alphabet


@pytest.mark.parametrize("labels", ["", "AA", "A1"])
def test_labels_that_are_none_are_refused(labels: str) -> None:
    with pytest.raises(ValueError, match="labels"):
        Alphabet.of_described({"labels": labels})


def test_a_models_file_says_of_its_labels_what_published_models_say() -> None:
    assert UKRAINIAN.described() == {"labels": LABELS}
    assert GLYPHS.described() == {"labels": "01ABCab", "case": "label"}
    assert Alphabet.of_described({"labels": "ab", "case": "label"}).case_head is False
    assert Alphabet.of_described({"labels": "ab"}).case_head is True


@pytest.mark.parametrize(("labels", "wrong"), [("", "none, or one"), ("AA", "one of them twice"), ("A1", "come first")])
def test_what_is_wrong_with_labels_is_said(labels: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=f"^labels {labels!r}: .*{wrong}"):
        Alphabet(labels)


def test_labels_may_be_digits_alone_or_letters_alone() -> None:
    assert Alphabet("10").digits.tolist() == [True, True]
    assert Alphabet("ab").digits.tolist() == [False, False]
    assert len(Alphabet("0ab")) == 3
