"""Answers as rows for people: every answer, every mistake, and the confusions that DVC plots."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.data.tables.table import stack_images
from src.models.reports.error_sheet import Mistake
from src.models.scoring.answers import Answers

TOP = 3
CASES = ("lowercase", "uppercase")
_DECIMALS = 4


def answer_table(rows: pd.DataFrame, answers: Answers) -> pd.DataFrame:
    """Return one row for each test row, in their order.

    Returns:
        Columns source, filename, label, case (empty for digits), relative_height, label_right, case_right (empty where
        there is no case), top_1, probability_1 .. top_3, probability_3, and uppercase_probability.
    """
    table = rows[["source", "filename", "label"]].reset_index(drop=True)
    table["case"] = np.where(answers.has_case, np.take(CASES, (answers.is_uppercase > 0).astype(int)), "")
    table["relative_height"] = rows["relative_height"].to_numpy().round(_DECIMALS)
    table["label_right"] = answers.label_right
    table["case_right"] = np.where(answers.has_case, answers.case_right.astype(str), "")
    for place in range(TOP):
        said = answers.ranking[:, place]
        table[f"top_{place + 1}"] = [answers.alphabet.labels[code] for code in said]
        probability = answers.probabilities[np.arange(len(said)), said]
        table[f"probability_{place + 1}"] = probability.round(_DECIMALS)
    table["uppercase_probability"] = answers.uppercase_probability.round(_DECIMALS)
    return table


def wrong_rows(answers: Answers) -> NDArray[np.int64]:
    """Return the positions of the wrong answers, in the order of the alphabet, lowercase before uppercase."""
    wrong = np.flatnonzero(~answers.joint_right)
    order = np.lexsort((answers.is_uppercase[wrong], answers.label[wrong]))
    return np.asarray(wrong[order])


def find_mistakes(rows: pd.DataFrame, answers: Answers) -> list[Mistake]:
    """Return the wrong answers with all that the sheet shows of them, in the order of `wrong_rows`."""
    images, heights = stack_images(rows), rows["relative_height"].to_numpy(dtype=np.float64)
    return [
        _mistake(row, images[row], heights[row], rows["filename"].iloc[row], answers) for row in wrong_rows(answers)
    ]


def label_pairs(answers: Answers) -> pd.DataFrame:
    """Return columns `actual` and `predicted`: the labels of every test row."""
    labels = answers.alphabet.labels
    return pd.DataFrame(
        {"actual": [labels[code] for code in answers.label], "predicted": [labels[code] for code in answers.predicted]}
    )


def case_pairs(answers: Answers) -> pd.DataFrame:
    """Return columns `actual` and `predicted`: the case of every row that has one."""
    actual = answers.is_uppercase[answers.has_case] > 0
    predicted = answers.case_logits[answers.has_case] > 0
    return pd.DataFrame({"actual": np.take(CASES, actual), "predicted": np.take(CASES, predicted)})


def label_counts(answers: Answers) -> NDArray[np.int64]:
    """Return the (classes, classes) counts of true (row) and predicted (column) labels."""
    return _count(answers.label, answers.predicted, len(answers.alphabet))


def case_counts(answers: Answers) -> NDArray[np.int64]:
    """Return the (2, 2) counts of true (row) and predicted (column) case, lowercase first."""
    counted = answers.has_case
    return _count(answers.is_uppercase[counted] > 0, answers.case_logits[counted] > 0, len(CASES))


def _count(actual: NDArray[np.generic], predicted: NDArray[np.generic], size: int) -> NDArray[np.int64]:
    counts = np.zeros((size, size), np.int64)
    np.add.at(counts, (actual.astype(np.int64), predicted.astype(np.int64)), 1)
    return counts


def _mistake(row: int, image: NDArray[np.uint8], height: float, name: str, answers: Answers) -> Mistake:
    label, ranking, probabilities = answers.label[row], answers.ranking[row], answers.probabilities[row]
    labels = answers.alphabet.labels
    return Mistake(
        image=image,
        truth=answers.symbol(row),
        answer=answers.predicted_symbol(row),
        label=labels[label],
        label_wrong=not answers.label_right[row],
        top=[(labels[code], float(probabilities[code])) for code in ranking[:TOP]],
        truth_rank=int(np.flatnonzero(ranking == label)[0]) + 1,
        truth_probability=float(probabilities[label]),
        uppercase_probability=float(answers.uppercase_probability[row]) if answers.has_case[row] else None,
        relative_height=None if np.isnan(height) else height,
        name=name,
    )
