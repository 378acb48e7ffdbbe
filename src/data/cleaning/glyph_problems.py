"""What may be wrong with a glyph, and what is done about it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from src.data.cleaning.glyph_ink import Box


class Case(StrEnum):
    """What may be wrong, by the name used in reports."""

    PICTURE_IN_NO_ROW = "picture_in_no_row"
    ROW_WITHOUT_PICTURE = "row_without_picture"
    UNREADABLE_PICTURE = "unreadable_picture"
    UNKNOWN_LABEL = "unknown_label"
    NO_INK = "no_ink"
    SAME_PIXELS_TWICE = "same_pixels_twice"
    SAME_PIXELS_TWO_LABELS = "same_pixels_two_labels"
    BOX_OFF_INK = "box_off_ink"
    STRAY_LINE = "stray_line"
    FAR_SPECK = "far_speck"


class Action(StrEnum):
    """What was done about it."""

    DROPPED = "dropped"
    REPAIRED = "repaired"
    IGNORED = "ignored"


ACTIONS = dict.fromkeys(Case, Action.DROPPED) | {
    Case.PICTURE_IN_NO_ROW: Action.IGNORED,
    Case.BOX_OFF_INK: Action.REPAIRED,
    Case.STRAY_LINE: Action.REPAIRED,
    Case.FAR_SPECK: Action.REPAIRED,
}
"""A row is dropped where its letter is not known for sure, repaired where its picture tells what is right; a picture
without a row has none to drop and is ignored."""


@dataclass(frozen=True)
class Problem:
    """One line of the report; the boxes are None where the case has none."""

    filename: str
    case: Case
    reason: str
    before: Box | None = None
    after: Box | None = None


def count_problems(problems: Sequence[Problem]) -> dict[str, dict[str, int]]:
    """Return the number of problems by action and case; every case is named, also where there is none."""
    counted = Counter(problem.case for problem in problems)
    return {action.value: {case.value: counted[case] for case in Case if ACTIONS[case] is action} for action in Action}


def problems_table(problems: Sequence[Problem]) -> pd.DataFrame:
    """Return the report: filename, case, action, reason; one row a problem."""
    rows = [(problem.filename, problem.case.value, ACTIONS[problem.case].value, problem.reason) for problem in problems]
    return pd.DataFrame(rows, columns=["filename", "case", "action", "reason"])
