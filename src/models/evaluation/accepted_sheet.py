"""A sheet of the pictures that show no character and were taken for one."""

import numpy as np
import pandas as pd
from PIL import Image

from src.data.pictures.contact_sheet import Strip, draw_sheet
from src.data.tables.table import stack_images
from src.models.scoring.answers import Flags
from src.models.scoring.intervals import Floats

MOST = 24
"""So many are drawn of each kind."""


def draw_accepted(negatives: pd.DataFrame, score: Floats, accepted: Flags, note: str) -> Image.Image:
    """Draw a row for each kind of negatives, those first that look most like characters.

    Args:
        negatives: n rows of the table of negatives.
        score: (n,) how familiar each is.
        accepted: (n,) whether it was taken for a character.
        note: The line below the title.
    """
    title = f"Taken for characters: {accepted.sum()} of {len(negatives)}"
    return draw_sheet(title, note, accepted_strips(negatives, score, accepted))


def accepted_strips(negatives: pd.DataFrame, score: Floats, accepted: Flags) -> list[Strip]:
    """Return the rows of `draw_accepted`'s sheet, kinds in the order of their names."""
    images = stack_images(negatives)
    strips = []
    for kind in sorted(set(negatives["kind"])):
        of_kind = (negatives["kind"] == kind).to_numpy()
        taken = np.flatnonzero(of_kind & accepted)
        shown = taken[np.argsort(-score[taken], kind="stable")][:MOST]
        strips.append(Strip(f"{kind.replace('_', ' ')}: {len(taken)} of {of_kind.sum()}", images[shown]))
    return strips
