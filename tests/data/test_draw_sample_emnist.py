"""What a user may rely on: the printed sample is in the form of EMNIST's files, and is there only if asked for."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from src.data import draw_sample_emnist as stage
from src.data.corpora.emnist_files import read_glyphs
from src.data.tables.sample_mark import is_sample
from src.tasks.emnist import PIPELINE, RAW_SAMPLE
from tests.default_params import EMNIST_PARAMS


def run_with(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    PIPELINE.mkdir(parents=True)
    params = EMNIST_PARAMS.read_text("utf-8").replace("source: upstream", f"source: {source}")
    (PIPELINE / "params.yaml").write_text(params, encoding="utf-8")
    result = CliRunner().invoke(stage.main)
    assert result.exit_code == 0, result.output


def test_the_sample_is_in_the_form_of_the_part_and_says_that_it_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_with("sample", tmp_path, monkeypatch)
    assert is_sample(RAW_SAMPLE)
    assert len(set(read_glyphs(RAW_SAMPLE, "byclass", "test").characters.tolist())) == 62


def test_where_upstream_is_asked_nothing_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_with("upstream", tmp_path, monkeypatch)
    assert not is_sample(RAW_SAMPLE)
    assert len(list(RAW_SAMPLE.iterdir())) == 1
