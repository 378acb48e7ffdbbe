"""What a user may rely on: all letters in both cases and all digits are printed, legible to the table, and again."""

import pandas as pd

from src.data.filling.printed_glyphs import print_glyphs
from src.data.tables.table import SAMPLE_SCHEMA, stack_images
from src.features.labels import DIGITS, LETTERS
from src.features.picture.frame import SIDE


def test_every_letter_in_both_cases_and_every_digit_is_printed_as_often_as_asked() -> None:
    frame = SAMPLE_SCHEMA.validate(print_glyphs(2, 1.0, 3, SIDE))
    expected = {(letter, case) for letter in LETTERS for case in (0, 1)} | {(digit, -1) for digit in DIGITS}
    counts = pd.Series(zip(frame["label"], frame["is_uppercase"].astype("Int8").fillna(-1), strict=True)).value_counts()
    assert counts.to_dict() == dict.fromkeys(expected, 2)
    assert set(frame["source"]) == {"fill_printed"}
    assert frame["image"].nunique() == frame["group"].nunique() == len(frame)
    assert stack_images(frame).max(axis=(1, 2)).min() > 200


def test_letters_have_a_height_and_digits_have_none() -> None:
    frame = print_glyphs(3, 1.0, 3, SIDE)
    is_digit = frame["label"].isin(list(DIGITS))
    assert (frame["relative_height"].isna() == is_digit).all()
    medians = frame["relative_height"].groupby(frame["is_uppercase"]).median()
    assert medians[True] > 1.3 * medians[False]


def test_the_seed_alone_settles_each_picture_however_many_there_are() -> None:
    few, many, other = print_glyphs(1, 1.3, 3, SIDE), print_glyphs(2, 1.3, 3, SIDE), print_glyphs(1, 1.3, 4, SIDE)
    assert many[many["filename"].isin(few["filename"])].reset_index(drop=True).equals(few)
    assert not (few["image"] == other["image"]).any()


def test_none_asked_for_is_an_empty_table() -> None:
    assert len(SAMPLE_SCHEMA.validate(print_glyphs(0, 1.0, 3, SIDE))) == 0
