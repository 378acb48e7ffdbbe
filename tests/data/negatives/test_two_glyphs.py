"""What a user may rely on: joined characters are of their own split's rows, and of none that make a third character."""

import cv2
import numpy as np
import pandas as pd
import pytest

from src.common.errors import InputError
from src.data.negatives.negative_table import NegativeSplit
from src.data.negatives.two_glyphs import LABELS, ROUND, join_glyphs
from src.data.tables.table import make_table
from src.features.labels import LABELS as ALPHABET
from tests.data.sample_rows import row

SPLIT_OF = ["train", "val", "test"]


@pytest.fixture
def rows() -> pd.DataFrame:
    """All labels in each split, each a bar of ink."""
    names = [(label, split) for split in SPLIT_OF for label in ALPHABET]
    frame = make_table([row(label, f"{split}.{label}") for label, split in names])
    return frame.assign(split=pd.Series([split for _, split in names], dtype="str"))


@pytest.mark.parametrize(("split", "expected"), [("val", {"train", "val"}), ("test", {"test"})])
def test_only_rows_of_the_split_and_of_fit_labels_are_joined(
    rows: pd.DataFrame, split: NegativeSplit, expected: set[str]
) -> None:
    joined = join_glyphs(rows, 150, split, "joined", np.random.default_rng(1))
    parts = [part.split(".") for negative in joined for part in negative.filename.split("-")[:-1]]
    assert {part[0] for part in parts} == expected
    assert {part[1] for part in parts} <= set(LABELS)
    assert not set("1іїьлсо0") & set(LABELS)
    assert set(ROUND) < set(LABELS)


def test_pictures_show_as_many_characters_as_they_name_whole_and_black_on_white(rows: pd.DataFrame) -> None:
    for negative in join_glyphs(rows, 40, "test", "joined", np.random.default_rng(2)):
        picture = negative.picture
        assert picture.shape[0] == picture.shape[1] >= 200
        assert min(picture[0].min(), picture[-1].min(), picture[:, 0].min(), picture[:, -1].min()) == 255
        named = len(negative.filename.split("-")) - 1
        assert named in {2, 3}
        bars, _ = cv2.connectedComponents((picture < 128).astype(np.uint8))
        assert bars - 1 in {named, named - 1}  # the paper is one; two bars may touch


def test_a_table_without_rows_of_the_split_is_an_error_with_its_cure(rows: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="no rows of test to join"):
        join_glyphs(rows[rows["split"] != "test"], 1, "test", "joined", np.random.default_rng(1))
