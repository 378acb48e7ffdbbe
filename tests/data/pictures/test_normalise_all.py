import numpy as np

from src.data.pictures.normalise_all import normalise_all
from src.features.picture.frame import SIDE
from src.features.picture.normalize import normalize
from tests.data.sample_rows import strokes


def test_each_picture_is_normalised_in_order() -> None:
    pictures = [*strokes(3), *(np.pad(picture, 40) for picture in strokes(2, 1))]
    normalised = normalise_all(pictures, SIDE, "normalising strokes")
    expected = [normalize(picture) for picture in pictures]
    assert np.array_equal(normalised.images, np.stack([glyph.image for glyph in expected]))
    assert normalised.relative_heights.tolist() == [glyph.relative_height for glyph in expected]
    by_pen = np.array([glyph.height_by_pen for glyph in expected], np.float64)
    np.testing.assert_array_equal(normalised.heights_by_pen, by_pen)
    assert not normalised.blank.any()


def test_a_blank_picture_is_marked() -> None:
    pictures = strokes(3)
    pictures[1] = 0
    normalised = normalise_all(pictures, SIDE, "normalising strokes")
    assert normalised.blank.tolist() == [False, True, False]
    assert np.isnan(normalised.heights_by_pen[1])
    assert not normalised.images[1].any()


def test_nothing_gives_nothing() -> None:
    assert normalise_all([], SIDE, "normalising nothing").images.shape == (0, SIDE, SIDE)
