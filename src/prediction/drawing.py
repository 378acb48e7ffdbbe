"""The bytes of a picture file that may show one character: neither too large nor far from square."""

from src.common.errors import InputError
from src.features.decoding.picture_file import LARGEST_PIXELS, Frame, LargePictureError, decode_frame
from src.features.picture.pixels import Pixels

_SHAPE = 4
"""A picture of the most pixels may be so many times as long as it is wide.

The normalisation thickens hairlines in a frame whose margin grows with the longer side, so that a line of 100,000 x 10
pixels, a file of a few kB, would take 3.6 GB and 20 s.
"""


def decode_drawing(content: bytes, largest: int = LARGEST_PIXELS) -> Pixels:
    """Return a picture as `decode_picture` does; see `decode_first_drawing`."""
    return decode_first_drawing(content, largest).pixels


def decode_first_drawing(content: bytes, largest: int = LARGEST_PIXELS) -> Frame:
    """Return the first frame of a picture as `decode_frame` does.

    Raises:
        LargePictureError: It has more than `largest` pixels, or a side that is too long for them.
        InputError: It cannot be read.
    """
    frame = decode_frame(content, largest)
    check_sides(*frame.size, largest)
    if not frame.pixels.size:
        raise InputError("no pixels; write it again")
    return frame


def check_sides(width: int, height: int, largest: int) -> None:
    """Refuse a picture that is too long where it may have so many pixels.

    Raises:
        LargePictureError: It is.
    """
    if least_room(width, height) > largest:
        longest = int((_SHAPE * largest) ** 0.5)
        raise LargePictureError(f"{width:,} x {height:,} pixels, a side above {longest:,}; crop it to the character")


def least_room(width: int, height: int) -> int:
    """Return how many pixels a picture must be allowed for its sides not to be too long."""
    return -(-(max(width, height) ** 2) // _SHAPE)
