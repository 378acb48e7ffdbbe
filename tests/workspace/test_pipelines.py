from pathlib import Path

import pytest

from src.tracking.lineage import changed_params
from src.workspace.pipelines import MAIN, dependencies, pipeline_of
from src.workspace.stage_hashes import dependency_hashes

OTHER = Path("pipelines/other")
STAGES = """
stages:
  learn:
    matrix: {variant: [a, b]}
    deps:
      - data/${item.variant}.csv
      - code.py: {cache: false}
"""


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / OTHER).mkdir(parents=True)
    (tmp_path / OTHER / "dvc.yaml").write_text(STAGES)
    (tmp_path / "dvc.yaml").write_text("stages: {train: {deps: [code.py]}}")
    return tmp_path


def test_a_stage_is_found_in_the_pipeline_that_has_it() -> None:
    assert pipeline_of("learn@b").folder == OTHER
    assert pipeline_of("train") == pipeline_of("unheard-of") == MAIN


def test_the_dependencies_of_a_stage_of_a_matrix_are_its_own() -> None:
    assert list(dependencies(pipeline_of("learn@b").stage("learn@b"))) == ["data/b.csv", "code.py"]
    assert list(dependencies(MAIN.stage("train@b"))) == ["code.py"]
    assert list(dependencies(MAIN.stage("unheard-of"))) == []


def test_hashes_are_taken_from_the_lock_beside_the_pipeline(workspace: Path) -> None:
    (workspace / "code.py").write_text("hello")
    lock = "stages: {make: {outs: [{path: data/b.csv, md5: abc}]}}"
    (workspace / OTHER / "dvc.lock").write_text(lock)
    (workspace / "dvc.lock").write_text(lock.replace("abc", "other"))
    assert dependency_hashes("learn@b") == {"data/b.csv": "abc", "code.py": "5d41402abc4b2a76b9719d911017c592"}


def test_params_are_those_beside_the_pipeline(workspace: Path) -> None:
    (workspace / OTHER / "params.yaml").write_text("learn: {rate: 1}")
    assert pipeline_of("learn@a").params == OTHER / "params.yaml"
    assert changed_params(pipeline_of("learn@a")) == {}  # there is no commit to compare with
