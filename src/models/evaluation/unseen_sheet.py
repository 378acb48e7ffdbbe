"""What stands between the network and hands that it has never seen: a table and a sheet of wrong answers by letter."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from src.data.pictures.contact_sheet import Strip, draw_sheet
from src.data.tables.table import stack_images
from src.models.scoring.answers import Answers
from src.models.scoring.metrics import kind_known_predicted

MOST = 24
"""So many wrong answers are drawn of each letter."""
_CONFUSIONS = 4
_SEED = 0


def unseen_table(answers: Answers) -> pd.DataFrame:
    """Return one row for each label, the one with most wrong answers first; the kind is known.

    Returns:
        Columns label, n, right, share, taken_for (the most frequent wrong answers with their counts).
    """
    predicted, labels = kind_known_predicted(answers), answers.alphabet.labels
    rows = []
    for code in np.unique(answers.label):
        said = predicted[answers.label == code]
        right = int((said == code).sum())
        wrong = pd.Series(said[said != code]).value_counts().head(_CONFUSIONS)
        taken_for = " ".join(f"{labels[int(str(other))]}:{count}" for other, count in wrong.items())
        rows.append({"label": labels[code], "n": len(said), "right": right, "share": right / len(said),
                     "taken_for": taken_for})  # fmt: skip
    table = pd.DataFrame(rows, columns=["label", "n", "right", "share", "taken_for"])
    wrong_first = np.argsort(-(table["n"] - table["right"]).to_numpy(dtype=np.int64), kind="stable")
    return table.iloc[wrong_first].reset_index(drop=True)


def draw_unseen(rows: pd.DataFrame, answers: Answers, note: str) -> Image.Image:
    """Draw some wrong answers of each label, chosen at random, in the order of `unseen_table`."""
    images, predicted = stack_images(rows), kind_known_predicted(answers)
    generator = np.random.default_rng(_SEED)
    strips = []
    for line in unseen_table(answers).itertuples():
        code = answers.alphabet.codes[str(line.label)]
        wrong = np.flatnonzero((answers.label == code) & (predicted != code))
        caption = f"{line.label}  {line.right} of {line.n}   {line.taken_for}"
        strips.append(Strip(caption, images[_some(wrong, generator)]))
    return draw_sheet("Unseen hands: letters read wrongly, kind known", note, strips)


def _some(rows: NDArray[np.intp], generator: np.random.Generator) -> NDArray[np.intp]:
    return np.sort(generator.permutation(rows)[:MOST])
