"""A picture made to train on, and what the sample table is to say of it."""

from typing import NamedTuple

from src.features.picture.grey import Grey


class Filled(NamedTuple):
    """picture: (height, width) uint8, black ink on white; the rest as in `src.data.tables.table.SAMPLE_SCHEMA`."""

    picture: Grey
    label: str
    is_uppercase: bool
    source: str
    filename: str
    group: str
