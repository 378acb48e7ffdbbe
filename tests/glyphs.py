"""A task whose labels tell the case, as EMNIST's do: A and a are two labels, C stands for c too."""

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont

from src.data.tables.table import make_table
from src.features.labels import Alphabet
from src.features.picture.grey import Grey
from src.features.picture.normalize import normalize

GLYPHS = Alphabet("01ABCab", case_head=False)


def printed(character: str, size: int = 90) -> Grey:
    """Return a printed character, black on white, 200 x 200."""
    picture = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(picture).text((100, 100), character, 0, ImageFont.load_default(size), anchor="mm")
    return np.asarray(picture)


def glyph_table(copies: int = 10, labels: str = GLYPHS.labels) -> pd.DataFrame:
    """Return a sample table of printed characters: as many of each label, in sizes from 60 px on."""
    return make_table(
        [
            {
                "image": normalize(printed(label, 60 + 5 * copy)).image.tobytes(), "label": label,
                "is_uppercase": None, "relative_height": None,
                "source": "printed", "filename": f"{label}-{copy}", "group": f"{label}-{copy}",
            }
            for label in labels
            for copy in range(copies)
        ]
    )  # fmt: skip
