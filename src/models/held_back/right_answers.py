"""Which rows were read rightly by networks that had not learned them: what a champion is chosen by."""

import numpy as np
import pandas as pd

from src.models.scoring.answers import Answers


def right_answers(rows: pd.DataFrame, answers: Answers) -> pd.DataFrame:
    """Return one row for each row that was read, in their order.

    Args:
        rows: With `fold`, the number of the fold that each was held back in.
        answers: What was said of each.

    Returns:
        Columns source, filename, fold, label_right, and case_right, which is empty where there is no case.
    """
    table = rows[["source", "filename", "fold"]].reset_index(drop=True)
    case_right = np.where(answers.has_case, answers.case_right.astype(str), "")
    return table.assign(label_right=answers.label_right, case_right=case_right)
