"""What a user may rely on: the sample is drawn where it is asked for, and elsewhere nothing that could ever change."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from src.common.digests import tree_digest
from src.config.paths import RAW_SAMPLE
from src.config.sections import Sample
from src.data import draw_sample as stage
from src.data.sample.write import SAMPLE_CORPORA
from src.data.tables.sample_mark import is_sample
from tests.data.sample_rows import write_params

FEW = Sample(
    seed=1, train_digits=30, test_digits=10, letters_per_class=2, cmnist_per_class=2, comnist_per_class=1,
    emnist_per_class=1,
)  # fmt: skip


def digests(target: Path) -> dict[str, str]:
    return {corpus: tree_digest(target / corpus) for corpus in SAMPLE_CORPORA}


def test_each_corpus_of_the_sample_is_drawn_and_marked_the_same_each_time(tmp_path: Path) -> None:
    for name in ("once", "again"):
        stage.draw_sample(tmp_path / name, FEW)
        assert all(is_sample(tmp_path / name / corpus) for corpus in SAMPLE_CORPORA)
    assert digests(tmp_path / "once") == digests(tmp_path / "again")
    assert len(list((tmp_path / "once/rukopys/glyphs").glob("*.png"))) == 2 * 66


def test_where_upstream_is_asked_nothing_is_drawn_whatever_the_params_of_the_sample_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = []
    for seed in (1, 7):
        write_params(tmp_path, sample__seed=seed)
        result = CliRunner().invoke(stage.main)
        assert result.exit_code == 0, result.output
        found.append(digests(RAW_SAMPLE))
    assert found[0] == found[1]
    assert {len(list((RAW_SAMPLE / corpus).iterdir())) for corpus in SAMPLE_CORPORA} == {1}


def test_a_sample_that_was_drawn_makes_place_for_none(tmp_path: Path) -> None:
    stage.draw_sample(tmp_path, FEW)
    stage.draw_sample(tmp_path, None)
    assert not any(is_sample(tmp_path / corpus) for corpus in SAMPLE_CORPORA)
    assert not list(tmp_path.glob(".*"))
