"""The alphabet: 43 labels, and what is known of each label's case."""

DIGITS = "0123456789"
LETTERS = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
LABELS = DIGITS + LETTERS
"""All labels in their fixed order; a label's code is its position here."""

CODES = {label: code for code, label in enumerate(LABELS)}
DIGIT_CODES = range(len(DIGITS))
LETTER_CODES = range(len(DIGITS), len(LABELS))


def is_digit(label: str) -> bool:
    """Say whether a label is a digit; digits carry no case."""
    return CODES.get(label) in DIGIT_CODES
