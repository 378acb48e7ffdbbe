from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.errors import InputError
from src.data.splitting.partition import folds, strata, take
from src.data.splitting.published_split import published_split
from tests.data.sample_rows import letters, with_groups

LETTERS = letters("абв", 30, uppercase="ав")


@settings(deadline=None, max_examples=40)
@given(st.integers(5, 145), st.integers(0, 9))
def test_as_many_rows_as_asked_for_and_every_stratum_has_its_share(size: int, seed: int) -> None:
    chosen = take(LETTERS, size, seed, "split.test_size")
    counts = strata(LETTERS[chosen]).value_counts().reindex(strata(LETTERS).unique(), fill_value=0)
    assert chosen.sum() == size
    assert counts.max() - counts.min() <= 1


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 99))
def test_groups_are_chosen_whole(seed: int) -> None:
    frame = with_groups(LETTERS, seed, per_stratum=12)
    chosen = pd.Series(take(frame, 45, seed, "split.test_size"))
    assert set(frame.loc[chosen, "group"]).isdisjoint(frame.loc[~chosen, "group"])
    share = 45 / len(frame)
    assert frame.loc[chosen, "group"].nunique() == round(share * frame["group"].nunique())


def test_stratum_with_a_single_group_stays_out() -> None:
    frame = pd.concat([LETTERS, letters("ґ", 1, uppercase="")], ignore_index=True)
    for seed in range(20):
        assert not take(frame, 75, seed, "split.test_size")[-1]


def test_seed_decides_and_repeats() -> None:
    one, again, other = (take(LETTERS, 30, seed, "split.test_size") for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize(("size", "cure"), [(0, "enlarge"), (4, "enlarge"), (148, "lower")])
def test_size_that_cannot_give_each_stratum_its_share_is_refused(size: int, cure: str) -> None:
    with pytest.raises(InputError, match=rf"params\.yaml: split\.val_size: {size} of 150 .*{cure} it"):
        take(LETTERS, size, 1, "split.val_size")


def test_rows_of_single_groups_only_are_refused() -> None:
    with pytest.raises(InputError, match=r"split\.test_size"):
        take(letters("абв", 1), 1, 1, "split.test_size")


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 5), st.integers(0, 99))
def test_folds_are_disjoint_keep_groups_whole_and_hold_all_but_rare_strata(count: int, seed: int) -> None:
    frame = pd.concat([with_groups(LETTERS, seed, per_stratum=12), letters("ґ", 1, uppercase="")], ignore_index=True)
    parts = folds(frame, count, seed, "tune.finetune.folds")
    assert len(parts) == count
    rare = (frame["label"] == "ґ").to_numpy()
    assert np.array_equal(np.sum(parts, axis=0), np.where(rare, 0, 1))
    for part in parts:
        assert set(frame.loc[part, "group"]).isdisjoint(frame.loc[~part, "group"])
        assert set(strata(frame[part])) == set(strata(frame[~rare]))


def test_folds_repeat_by_seed() -> None:
    one, again, other = (folds(LETTERS, 3, seed, "tune.finetune.folds") for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_folds_that_no_stratum_can_fill_are_refused() -> None:
    with pytest.raises(InputError, match=r"tune\.finetune\.folds: no label and case has rows for 5 folds"):
        folds(letters("абв", 4), 5, 1, "tune.finetune.folds")


def test_published_split_is_scikit_learns_of_300_rows_by_seed_1() -> None:
    train, test = published_split(1581)
    assert sorted([*train, *test]) == list(range(1581))
    assert len(test) == 300
    with pytest.raises(InputError, match="300 rows"):
        published_split(300)


def test_as_few_and_as_many_rows_as_leave_each_stratum_one_in_and_one_out_are_taken() -> None:
    kinds = strata(LETTERS).nunique()
    for size in (kinds, len(LETTERS) - kinds):
        assert take(LETTERS, size, 1, "split.test_size").sum() == size


def test_a_size_that_is_refused_is_named_with_its_file_and_the_counts() -> None:
    said = r"^pipelines/emnist/params\.yaml: split\.test_size: 4 of 150 rows for 5 kinds of label and .* add data$"
    with pytest.raises(InputError, match=said):
        take(LETTERS, 4, 1, "split.test_size", Path("pipelines/emnist/params.yaml"))


def test_a_group_stands_for_its_share_of_the_rows() -> None:
    frame = with_groups(LETTERS, 3, per_stratum=10)
    groups = frame["group"].nunique()
    for share in (0.2, 0.5):
        chosen = take(frame, share * len(frame), 1, "split.test_size")
        assert frame.loc[chosen, "group"].nunique() == round(share * groups)


def test_strata_tell_case_from_no_case() -> None:
    frame = pd.DataFrame({"label": ["а", "а", "1"], "is_uppercase": [True, False, None]})
    assert strata(frame).tolist() == ["а uppercase", "а lowercase", "1"]
