"""Letters that fit the schema of samples, but for what a test changes."""

from typing import Any

import numpy as np
import pandas as pd

from src.data.tables.table import make_table


def sample(number: int = 0, **changes: object) -> dict[str, object]:
    """Return one letter that fits the schema, but for `changes`."""
    pixels = np.random.default_rng(number).integers(0, 256, 28 * 28, dtype=np.uint8)
    letter = {
        "image": pixels.tobytes(),
        "label": "ї",
        "is_uppercase": True,
        "relative_height": 0.5,
        "source": "rukopys",
        "filename": f"glyphs/yi-{number}.png",
        "group": "writer-1",
    }
    return letter | changes


def table(**changes: object) -> pd.DataFrame:
    """Return three letters, each with whole columns replaced."""
    frame = make_table([sample(number) for number in range(3)])
    columns: dict[str, Any] = changes
    return frame.assign(**columns)
