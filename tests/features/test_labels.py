from src.features.labels import CODES, DIGIT_CODES, DIGITS, LABELS, LETTER_CODES, LETTERS, is_digit


def test_the_alphabet_is_ten_digits_and_the_33_ukrainian_letters_in_order() -> None:
    assert LABELS == "0123456789абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
    assert len(LETTERS) == 33
    assert len(set(LABELS)) == len(LABELS)


def test_a_labels_code_is_its_position() -> None:
    assert [CODES[label] for label in LABELS] == list(range(43))
    assert "".join(LABELS[code] for code in DIGIT_CODES) == DIGITS
    assert "".join(LABELS[code] for code in LETTER_CODES) == LETTERS


def test_letters_are_cyrillic_and_lowercase() -> None:
    assert all("\u0400" <= letter <= "\u04ff" and letter == letter.lower() != letter.upper() for letter in LETTERS)


def test_only_a_single_known_digit_is_a_digit() -> None:
    assert all(is_digit(label) for label in DIGITS)
    assert not any(is_digit(label) for label in [*LETTERS, "", "12", "٣", "o", "о"])
