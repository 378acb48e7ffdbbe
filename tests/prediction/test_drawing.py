"""What a user may rely on: a picture that is far from square is refused before it takes the machine's memory."""

import numpy as np
import pytest

from src.features.decoding.picture_file import LargePictureError
from src.prediction.drawing import decode_drawing
from tests.prediction.drawings import encoded


@pytest.mark.parametrize(("height", "width"), [(1, 2000), (2000, 1), (500, 2000), (1000, 1000)])
def test_a_picture_up_to_four_times_as_long_as_wide_is_read(height: int, width: int) -> None:
    picture = np.full((height, width), 9, np.uint8)
    np.testing.assert_array_equal(decode_drawing(encoded(picture), 1_000_000), picture)


@pytest.mark.parametrize(("height", "width"), [(1, 2001), (2001, 1), (1001, 1000)])
def test_a_longer_one_is_refused(height: int, width: int) -> None:
    with pytest.raises(LargePictureError, match=f"{width:,} x {height:,} pixels"):
        decode_drawing(encoded(np.full((height, width), 9, np.uint8)), 1_000_000)
