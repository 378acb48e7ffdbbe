import json
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from src.common.errors import InputError
from src.config.paths import MERGED_TABLE, SPLIT_TABLE
from src.config.sections import Split
from src.data import split as stage
from src.data.tables.table import SPLIT_SCHEMA, read_table, write_table
from tests.data.sample_rows import collected, letters, mnist, with_groups, write_params

Mode = Literal["stratified", "published"]

LETTERS = letters("абвгґ", 40, uppercase="аб")
DIGITS = mnist(train=40, test=10)
MERGED = pd.concat([DIGITS, LETTERS], ignore_index=True)


def params(test_size: float = 0.2, val_size: float = 0.1, seed: int = 1, *, mode: Mode = "stratified") -> Split:
    return Split(mode=mode, test_size=test_size, val_size=val_size, seed=seed)


@settings(deadline=None, max_examples=40)
@given(st.floats(0.05, 0.6), st.floats(0.05, 0.3), st.integers(0, 99))
def test_letters_are_parted_by_label_and_case_in_the_sizes_asked_for(test: float, val: float, seed: int) -> None:
    frame = stage.split_samples(MERGED, params(test, val, seed))
    pd.testing.assert_frame_equal(frame.drop(columns="split"), MERGED)
    few = frame[frame["label"].isin(list("абвгґ"))]
    for split, size in (("test", test), ("val", val)):
        counts = few[few["split"] == split].groupby(["label", "is_uppercase"]).size()
        assert counts.sum() == round(280 * size)
        assert len(counts) == 7
        assert counts.max() - counts.min() <= 2


@settings(deadline=None, max_examples=40)
@given(st.floats(0.05, 0.6), st.floats(0.05, 0.3), st.integers(0, 99))
def test_digits_never_cross_mnists_files(test: float, val: float, seed: int) -> None:
    frame = stage.split_samples(MERGED, params(test, val, seed))
    by_source = frame.groupby("source")["split"].unique().map(set).to_dict()
    assert by_source["mnist_test"] == {"test"}
    assert by_source["mnist_train"] == {"train", "val"}


def test_the_embedded_sample_is_parted_alike() -> None:
    sample = MERGED.assign(source="sample_" + MERGED["source"])
    one, other = stage.split_samples(MERGED, params()), stage.split_samples(sample, params())
    assert one["split"].tolist() == other["split"].tolist()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 99))
def test_groups_are_never_parted(seed: int) -> None:
    parted = stage.split_samples(with_groups(LETTERS, seed, per_stratum=12), params(0.25, 0.15, seed))
    groups = [set(parted.loc[parted["split"] == split, "group"]) for split in ("train", "val", "test")]
    assert sum(map(len, groups)) == len(set.union(*groups))


def test_same_seed_same_split_and_another_seed_another() -> None:
    one, again, other = (stage.split_samples(MERGED, params(seed=seed))["split"].tolist() for seed in (1, 1, 2))
    assert one == again
    assert one != other


def test_label_of_a_single_sample_is_trained_on() -> None:
    frame = pd.concat([MERGED, letters("щ", 1, uppercase="")], ignore_index=True)
    assert stage.split_samples(frame, params())["split"].iloc[-1] == "train"


def test_published_mode_keeps_the_test_rows_whatever_the_seed() -> None:
    frame = pd.concat([mnist(train=1, test=50).tail(500), LETTERS], ignore_index=True)
    splits = [stage.split_samples(frame, params(seed=seed, mode="published")) for seed in (1, 2)]
    assert splits[0]["filename"].tolist() == splits[1]["filename"].tolist()
    assert splits[0]["split"].tolist() != splits[1]["split"].tolist()
    for parted in splits:
        assert parted["split"].value_counts().to_dict() == {"train": 780 - 300 - 78, "test": 300, "val": 78}
        assert (parted["split"].tail(300) == "test").all()


@pytest.mark.parametrize("mode", ["stratified", "published"])
def test_given_drawings_are_trained_on_and_change_no_other_row(mode: Mode) -> None:
    digits = DIGITS if mode == "stratified" else mnist(train=1, test=50).tail(500)
    frame, given = pd.concat([digits, LETTERS], ignore_index=True), collected(40)
    without, parted = (
        stage.split_samples(rows, params(mode=mode)) for rows in (frame, pd.concat([frame, given], ignore_index=True))
    )
    pd.testing.assert_frame_equal(parted.head(len(frame)), without)
    pd.testing.assert_frame_equal(
        parted.tail(40).reset_index(drop=True), given.assign(split=pd.Series(["train"] * 40, dtype="str"))
    )


@pytest.mark.parametrize(
    ("frame", "values", "reason"),
    [
        (MERGED, {"test_size": 0.6, "val_size": 0.4}, "leave no rows"),
        (DIGITS[DIGITS["source"] == "mnist_test"], {}, "split train has no rows"),
        (LETTERS[LETTERS["label"] == "в"], {}, "split train has one label only"),
        (MERGED, {"test_size": 0.001}, "split.test_size: 0 of 280"),
        (MERGED, {"val_size": 0.001}, "split.val_size: 0 of"),
        (MERGED.head(0), {}, "split train has no rows"),
    ],
)
def test_unusable_split_is_refused(frame: pd.DataFrame, values: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        stage.split_samples(frame.reset_index(drop=True), params(**values))


def test_metrics_count_each_split() -> None:
    metrics = stage.summarise(stage.split_samples(MERGED, params()), "stratified")
    assert (metrics["mode"], metrics["published"], metrics["sample"]) == ("stratified", False, False)
    assert metrics["test"] == {
        "rows": 156,
        "kind": {"letters": 56, "digits": 100},
        "case": {"lowercase": 40, "uppercase": 16, "unknown": 0},
        "class_minimum": 8,
    }
    assert sum(metrics[split]["rows"] for split in ("train", "val", "test")) == len(MERGED)


def test_label_missing_in_a_split_is_its_class_minimum() -> None:
    frame = pd.concat([MERGED, letters("щ", 1, uppercase="")], ignore_index=True)
    metrics = stage.summarise(stage.split_samples(frame, params()), "stratified")
    assert [metrics[split]["class_minimum"] for split in ("train", "val", "test")] == [1, 0, 0]


def test_stage_writes_the_same_bytes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path)
    write_table(MERGED, MERGED_TABLE)
    written = []
    for _ in range(2):
        result = CliRunner().invoke(stage.main)
        assert result.exit_code == 0, result.output
        written.append((SPLIT_TABLE.read_bytes(), stage.DETAILS.read_bytes()))
    assert written[0] == written[1]
    rows = json.loads(stage.DETAILS.read_text())["val"]["rows"]
    assert (read_table(SPLIT_TABLE, SPLIT_SCHEMA)["split"] == "val").sum() == rows


@pytest.mark.parametrize(
    ("frame", "leaves", "reason"),
    [
        (MERGED.assign(label="ы"), {}, "outside the alphabet"),
        (MERGED.drop(columns="group"), {}, "another schema"),
        (MERGED, {"split__test_size": 0.9, "split__val_size": 0.1}, "split.test_size"),
    ],
)
def test_stage_on_bad_input_says_so_in_one_line_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frame: pd.DataFrame, leaves: dict[str, Any], reason: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_params(tmp_path, **leaves)
    MERGED_TABLE.parent.mkdir(parents=True)
    frame.to_parquet(MERGED_TABLE)
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 2
    assert reason in result.output
    assert result.output.count("\n") == 1
    assert not SPLIT_TABLE.exists()
    assert not stage.DETAILS.exists()
