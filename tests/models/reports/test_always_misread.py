"""What a user may rely on: the sheets show what no repeat reads, and nothing that one of them reads."""

from dataclasses import replace

import numpy as np
import pandas as pd

from src.models.reports.always_misread import (
    always_miscased,
    always_misread,
    draw_always_miscased,
    draw_always_misread,
)
from src.models.scoring.answers import Answers
from tests.models.factory import sure_answers, typed_table


def answers(rows: pd.DataFrame, said: dict[str, str]) -> Answers:
    """Return sure answers, right but for the filenames in `said`."""
    labels = [said.get(name, label) for name, label in zip(rows["filename"], rows["label"], strict=True)]
    return sure_answers(rows["label"].tolist(), labels)


def cased(rows: pd.DataFrame, wrong: set[str]) -> Answers:
    """Return answers whose cases are right, but for the filenames in `wrong`."""
    plain = answers(rows, {})
    upper = rows["is_uppercase"].to_numpy(np.float64, na_value=np.nan)
    signs = np.where(rows["filename"].isin(list(wrong)), -1.0, 1.0)
    return replace(plain, is_uppercase=upper, case_logits=signs * (2 * np.nan_to_num(upper) - 1))


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


def test_only_letters_whose_case_no_repeat_tells_are_told_small_before_large() -> None:
    rows = typed_table("я7г", 4)
    other = rows.iloc[::-1].reset_index(drop=True)
    first, second = cased(rows, {"я-1", "я-2", "г-0", "7-1", "г-3"}), cased(other, {"я-1", "я-2", "г-0", "7-1", "г-2"})
    miscased = always_miscased([(rows, first), (other, second)])
    assert miscased["filename"].tolist() == ["г-0", "я-2", "я-1"]


def test_the_sheet_of_cases_has_a_strip_for_each_label_and_case() -> None:
    rows = typed_table("яг", 4)
    none, few, many = (
        draw_always_miscased(always_miscased([(rows, cased(rows, wrong))]), rows)
        for wrong in (set[str](), {"я-0", "я-2"}, {"я-0", "я-1", "г-0"})
    )
    assert none.height < few.height < many.height
