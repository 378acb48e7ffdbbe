"""What a user may rely on: the sheet shows the letters that no repeat reads, and nothing that one of them reads."""

import numpy as np
import pandas as pd

from src.models.always_misread import always_misread, draw_always_misread
from src.models.answers import Answers
from tests.models.factory import sure_answers, typed_table


def answers(rows: pd.DataFrame, said: dict[str, str]) -> Answers:
    """Return sure answers, right but for the filenames in `said`."""
    labels = [said.get(name, label) for name, label in zip(rows["filename"], rows["label"], strict=True)]
    return sure_answers(rows["label"].tolist(), labels)


def test_only_letters_that_no_repeat_reads_are_told_whatever_the_order_of_its_rows() -> None:
    rows = typed_table("яґг", 2)
    other = rows.iloc[::-1].reset_index(drop=True)
    first = answers(rows, {"я-0": "а", "ґ-1": "г", "г-0": "т"})
    second = answers(other, {"ґ-1": "є", "я-1": "а", "г-0": "т"})
    misread = always_misread([(rows, first), (other, second)])
    assert misread[["filename", "said"]].to_numpy().tolist() == [["г-0", "тт"], ["ґ-1", "гє"]]


def test_the_sheet_has_a_strip_for_each_label_that_is_misread() -> None:
    rows = typed_table("абв", 3)
    few, many = (
        draw_always_misread(always_misread([(rows, answers(rows, said))]), rows)
        for said in ({"а-0": "б"}, {"а-0": "б", "а-1": "в", "в-0": "б"})
    )
    assert many.height > few.height
    assert (np.asarray(many) < 200).sum() > (np.asarray(few) < 200).sum()


def test_where_everything_is_read_the_sheet_is_empty() -> None:
    rows = typed_table("абв", 2)
    misread = always_misread([(rows, answers(rows, {}))])
    assert misread.empty
    assert draw_always_misread(misread, rows).height > 0
