"""What no choice of training rows teaches: the letters that every repeat of a cross-validation reads wrongly."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from PIL import Image

from src.data.pictures.contact_sheet import Strip, draw_sheet
from src.data.tables.table import stack_images
from src.models.scoring.answers import Answers
from src.models.scoring.metrics import kind_known_predicted

_TITLE = "Letters that every repeat reads wrongly, kind known"
_CASE_TITLE = "Letters whose case every repeat gives wrongly"


def always_misread(repeats: Sequence[tuple[pd.DataFrame, Answers]]) -> pd.DataFrame:
    """Return the rows that every repeat reads wrongly where the kind is known, in the order of the alphabet.

    Args:
        repeats: The same rows in any order, with what is said of them; filenames tell them apart.

    Returns:
        The rows, with a column more: `said`, the labels given to them, in the order of the repeats.
    """
    rows, answers = repeats[0]
    said = [_said(*repeat).loc[rows["filename"]].to_numpy() for repeat in repeats]
    wrong = np.all([given != rows["label"].to_numpy() for given in said], axis=0)
    misread = rows.assign(said=["".join(given) for given in zip(*said, strict=True)])[wrong]
    return _sorted(misread, ["filename"], answers)


def draw_always_misread(misread: pd.DataFrame, rows: pd.DataFrame) -> Image.Image:
    """Draw letters of `always_misread` by label, with how many of all `rows` they are and what they are taken for."""
    strips = []
    for label, group in misread.groupby("label", sort=False):
        of_label, said = (rows["label"] == label).sum(), pd.Series(list("".join(group["said"])))
        taken_for = " ".join(f"{other} {share:.0%}" for other, share in said.value_counts(normalize=True).items())
        strips.append(Strip(f"{label}  {len(group)} of {of_label}  as {taken_for}", stack_images(group)))
    return draw_sheet(_TITLE, f"{len(misread)} of {len(rows)} letters", strips)


def always_miscased(repeats: Sequence[tuple[pd.DataFrame, Answers]]) -> pd.DataFrame:
    """Return the letters whose case every repeat gives wrongly, in the order of the alphabet, small before large."""
    rows, answers = repeats[0]
    wrong = np.all([_miscased(*repeat).loc[rows["filename"]].to_numpy() for repeat in repeats], axis=0)
    return _sorted(rows[wrong], ["is_uppercase", "relative_height", "filename"], answers)


def draw_always_miscased(miscased: pd.DataFrame, rows: pd.DataFrame) -> Image.Image:
    """Draw letters of `always_miscased` by label and case, with their heights and those of the cases among `rows`."""
    strips = []
    for (label, uppercase), group in miscased.groupby(["label", "is_uppercase"], sort=False):
        of_label = rows[rows["label"] == label]
        shown = str(label).upper() if bool(uppercase) else str(label)
        heights = " ".join(f"{height:.2f}" for height in group["relative_height"])
        spans = ", ".join(
            f"{name} {_span(of_label[of_label['is_uppercase'] == case])}"
            for name, case in (("lower", False), ("upper", True))
        )
        strips.append(Strip(f"{shown}  {heights}  ({spans})", stack_images(group)))
    return draw_sheet(_CASE_TITLE, f"{len(miscased)} of {len(rows)} letters, with their relative heights", strips)


def _span(rows: pd.DataFrame) -> str:
    heights = rows["relative_height"]
    return "none" if rows.empty else f"{heights.min():.2f}–{heights.max():.2f}"


def _sorted(rows: pd.DataFrame, by: list[str], answers: Answers) -> pd.DataFrame:
    order = rows["label"].map(answers.alphabet.codes)
    return rows.assign(order=order).sort_values(["order", *by], ignore_index=True).drop(columns="order")


def _miscased(rows: pd.DataFrame, answers: Answers) -> "pd.Series[bool]":
    return pd.Series(answers.has_case & ~answers.case_right, rows["filename"])


def _said(rows: pd.DataFrame, answers: Answers) -> "pd.Series[str]":
    labels = [answers.alphabet.labels[code] for code in kind_known_predicted(answers)]
    return pd.Series(labels, rows["filename"])
