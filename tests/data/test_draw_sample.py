"""What a user may rely on: the sample is drawn where it is asked for, and elsewhere nothing that could ever change."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from src.common.digests import tree_digest
from src.config.paths import RAW_SAMPLE
from src.data import draw_sample as stage
from src.data.sample.write import SAMPLE_CORPORA
from src.data.tables.sample_mark import is_sample
from tests.data.sample_rows import write_params

FEW = {
    "sample__train_digits": 300, "sample__test_digits": 100, "sample__letters_per_class": 5,
    "sample__cmnist_per_class": 5, "sample__comnist_per_class": 1, "sample__emnist_per_class": 1,
    "split__val_size": 0.3, "split__test_size": 0.3, "pretrain__val_size": 0.3,
    "merge__digits_per_class": 20,
}  # fmt: skip


def drawn(folder: Path, monkeypatch: pytest.MonkeyPatch, **leaves: float | str) -> dict[str, str]:
    """Run the stage in a folder; return the digest of each corpus."""
    folder.mkdir()
    write_params(folder, **leaves)
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 0, result.output
    return {corpus: tree_digest(RAW_SAMPLE / corpus) for corpus in SAMPLE_CORPORA}


def test_each_corpus_of_the_sample_is_drawn_and_marked_the_same_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = drawn(tmp_path / "once", monkeypatch, data__source="sample", **FEW)
    assert all(is_sample(RAW_SAMPLE / corpus) for corpus in SAMPLE_CORPORA)
    assert len(list((RAW_SAMPLE / "rukopys/glyphs").glob("*.png"))) == 5 * 66
    assert drawn(tmp_path / "again", monkeypatch, data__source="sample", **FEW) == once


def test_where_upstream_is_asked_nothing_is_drawn_whatever_the_params_of_the_sample_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = drawn(tmp_path / "usual", monkeypatch)
    assert not any(is_sample(RAW_SAMPLE / corpus) for corpus in SAMPLE_CORPORA)
    assert drawn(tmp_path / "other", monkeypatch, sample__seed=7) == usual
    assert {len(list((RAW_SAMPLE / corpus).iterdir())) for corpus in SAMPLE_CORPORA} == {1}


def test_a_sample_that_was_drawn_makes_place_for_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(tmp_path / "once", monkeypatch, data__source="sample", **FEW)
    write_params(Path())
    assert CliRunner().invoke(stage.main).exit_code == 0
    assert not any(is_sample(RAW_SAMPLE / corpus) for corpus in SAMPLE_CORPORA)
