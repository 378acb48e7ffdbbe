from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from src.data.negatives.negative_table import KINDS
from src.data.tables.table import stack_images
from src.models.evaluation.accepted_sheet import MOST, accepted_strips, draw_accepted
from tests.models.factory import negatives_table

KIND = min(KINDS)


@pytest.fixture(scope="module")
def negatives() -> pd.DataFrame:
    """Return more pictures of each kind than a row shows, no two of a kind alike."""
    table = negatives_table(copies=MOST)
    marked = [number.to_bytes(2) + image[2:] for number, image in enumerate(table["image"])]
    return table.assign(image=marked)


def images_of(negatives: pd.DataFrame, rows: Sequence[int]) -> list[bytes]:
    return [image.tobytes() for image in stack_images(negatives)[rows]]


def test_only_what_was_taken_for_a_character_is_drawn_by_kind_and_counted(negatives: pd.DataFrame) -> None:
    of_kind = np.flatnonzero(negatives["kind"] == KIND)
    accepted = np.zeros(len(negatives), np.bool_)
    accepted[of_kind[[2, 5]]] = True
    strips = accepted_strips(negatives, np.zeros(len(negatives)), accepted)
    counts = [f"{kind.replace('_', ' ')}: {2 * (kind == KIND)} of {len(of_kind)}" for kind in sorted(KINDS)]
    assert [strip.caption for strip in strips] == counts
    assert [image.tobytes() for image in strips[0].images] == images_of(negatives, of_kind[[2, 5]].tolist())
    assert [len(strip.images) for strip in strips[1:]] == [0] * (len(KINDS) - 1)


def test_a_kind_of_very_many_is_cut_to_those_most_like_characters_and_begins_with_them(negatives: pd.DataFrame) -> None:
    score = np.random.default_rng(1).permutation(len(negatives)).astype(np.float64)
    strips = accepted_strips(negatives, score, np.ones(len(negatives), np.bool_))
    of_kind = np.flatnonzero(negatives["kind"] == KIND)
    best = sorted(of_kind, key=lambda row: -score[row])
    assert len(best) > MOST
    assert [image.tobytes() for image in strips[0].images] == images_of(negatives, [int(row) for row in best[:MOST]])


def test_what_was_taken_is_on_the_sheet(negatives: pd.DataFrame) -> None:
    nothing = np.zeros(len(negatives), np.bool_)
    inks = []
    for accepted in (nothing, ~nothing):
        sheet = draw_accepted(negatives, np.zeros(len(negatives)), accepted, "note")
        inks.append(int((np.asarray(sheet)[80:, 300:] < 128).sum()))
    assert inks[1] > 10 * inks[0]  # of which some is a caption's
