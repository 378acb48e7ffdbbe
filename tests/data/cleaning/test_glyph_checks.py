import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.data.clean import clean
from src.data.cleaning.glyph_checks import decode
from src.data.cleaning.glyph_ink import Box
from src.data.cleaning.glyph_table import COORDINATES
from tests.data.glyph_rows import LETTER, in_memory


@settings(deadline=None)  # the first picture loads Pillow's readers
@given(st.data())
def test_a_picture_with_a_flipped_bit_is_unreadable_or_unchanged(data: st.DataObject) -> None:
    frame, pictures = in_memory([("а", LETTER)])
    whole = pictures["glyphs/0.png"]()
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    broken = bytearray(whole)
    broken[bit // 8] ^= 1 << bit % 8

    cleaning = clean(frame, {"glyphs/0.png": lambda: bytes(broken)}, tolerance=0)

    if cleaning.problems:
        assert [problem.case for problem in cleaning.problems] == ["unreadable_picture"]
    else:
        np.testing.assert_array_equal(decode(bytes(broken)), decode(whole))


@pytest.mark.parametrize(
    ("labels", "kept", "case"),
    [("ааа", [0], "same_pixels_twice"), ("аао", [], "same_pixels_two_labels"), ("aоо", [1], "same_pixels_twice")],
)
def test_of_same_pixels_the_first_stays_and_none_where_the_letter_is_in_doubt(
    labels: str, kept: list[int], case: str
) -> None:
    cleaning = clean(*in_memory([(label, LETTER) for label in labels]), tolerance=2)

    assert cleaning.table["filename"].tolist() == [f"glyphs/{number}.png" for number in kept]
    assert cleaning.problems[-1].case == case
    assert len(cleaning.problems) == len(labels) - len(kept)


@settings(deadline=None)  # the first picture loads Pillow's readers
@given(st.tuples(*[st.integers(-6, 6)] * 4), st.integers(0, 4))
def test_a_box_is_a_problem_exactly_where_it_is_off_by_more_than_the_tolerance(
    offsets: tuple[int, int, int, int], tolerance: int
) -> None:
    box = Box(*(side + offset for side, offset in zip(LETTER, offsets, strict=True)))

    cleaning = clean(*in_memory([("а", box)]), tolerance)

    off = max(map(abs, offsets))
    assert [problem.case for problem in cleaning.problems] == ["box_off_ink"] * (off > tolerance)
    assert cleaning.counts["rows_adjusted_within_tolerance"] == (0 < off <= tolerance)
    assert cleaning.table[COORDINATES].to_numpy().tolist() == [list(LETTER)]
