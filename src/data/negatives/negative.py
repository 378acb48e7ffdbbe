"""A picture of no character, and what the table of negatives is to say of it."""

from typing import NamedTuple

from src.features.picture.grey import Grey


class Negative(NamedTuple):
    """picture: (height, width) uint8; the rest as in `src.data.negatives.negative_table.NEGATIVE_SCHEMA`.

    has_height: Whether the height of the ink relative to the picture means something.
    """

    picture: Grey
    source: str
    filename: str
    has_height: bool = True
