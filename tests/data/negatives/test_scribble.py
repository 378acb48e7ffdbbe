"""What a user may rely on: a scribble is no plain о, с or і, and val and test scribble in different ways."""

import numpy as np
import pytest

from src.data.negatives.negative_table import NegativeSplit
from src.data.negatives.scribble import STYLES, draw_scribbles
from src.features.picture.normalize import normalize


@pytest.mark.parametrize("split", ["val", "test"])
def test_scribbles_differ_and_are_whole_on_their_canvas(split: NegativeSplit) -> None:
    drawn = draw_scribbles(40, split, np.random.default_rng(3))
    assert len({negative.picture.tobytes() for negative in drawn}) == len({n.filename for n in drawn}) == 40
    for negative in drawn:
        picture = negative.picture
        assert picture.shape == (200, 200)
        assert min(picture[0].min(), picture[-1].min(), picture[:, 0].min(), picture[:, -1].min()) == 255


@pytest.mark.parametrize("split", ["val", "test"])
def test_some_line_through_a_scribble_meets_more_strokes_than_any_through_an_o(split: NegativeSplit) -> None:
    for negative in draw_scribbles(60, split, np.random.default_rng(3)):
        ink = negative.picture < 128
        starts = [(np.diff(lines.astype(np.int8), axis=1, prepend=0) == 1).sum(axis=1).max() for lines in (ink, ink.T)]
        assert max(starts) >= 3, negative.filename


@pytest.mark.parametrize("split", ["val", "test"])
def test_a_scribble_is_not_lost_in_normalisation(split: NegativeSplit) -> None:
    for negative in draw_scribbles(60, split, np.random.default_rng(3)):
        assert (normalize(negative.picture).image > 127).mean() > 0.1, negative.filename


def test_no_style_is_in_both_splits() -> None:
    assert not set(STYLES["val"]) & set(STYLES["test"])


def test_the_generator_alone_settles_what_is_drawn() -> None:
    first, again, other = (draw_scribbles(4, "test", np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(one.picture, two.picture) for one, two in zip(first, again, strict=True))
    assert not any(np.array_equal(one.picture, two.picture) for one, two in zip(first, other, strict=True))
