import os
import sys
from pathlib import Path

import pytest

from src.errors import InputError
from src.repository import environment, find_root, locked_md5


def test_the_root_is_found_from_a_folder_below(tmp_path: Path) -> None:
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "params.yaml").touch()
    below = tmp_path / "data" / "raw"
    below.mkdir(parents=True)
    assert find_root(below) == tmp_path


def test_the_pipeline_of_another_task_is_not_the_root(tmp_path: Path) -> None:
    other = tmp_path / "pipelines" / "other"
    other.mkdir(parents=True)
    for folder in (tmp_path, other):
        (folder / "dvc.yaml").touch()
        (folder / "params.yaml").touch()
    assert find_root(other) == tmp_path


def test_a_relative_mirror_starts_where_the_command_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for given, wanted in [
        ("../mirror", f"{tmp_path}/../mirror"),
        ("/mirror", "/mirror"),
        ("https://mirror.example/raw", "https://mirror.example/raw"),
        ("", ""),
    ]:
        monkeypatch.setenv("RAW_MIRROR", given)
        assert environment(tmp_path)["RAW_MIRROR"] == wanted


def test_stages_find_the_python_of_the_environment_first(tmp_path: Path) -> None:
    assert environment(tmp_path)["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)


def test_dvc_can_commit_experiments_where_git_knows_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Леся")
    variables = environment(tmp_path)
    assert variables["GIT_AUTHOR_EMAIL"] == "pysar@localhost"
    assert variables["GIT_COMMITTER_NAME"] == "Леся"


def test_an_output_that_the_lock_does_not_know_is_named() -> None:
    lock = "stages: {evaluate: {outs: [{path: metrics.json, md5: abc}]}}"
    assert locked_md5(lock, "evaluate", Path("metrics.json")) == "abc"
    for stage, path in (("evaluate", "other.json"), ("absent", "metrics.json")):
        with pytest.raises(InputError, match=rf"stage {stage} has no {path}; run `make repro`"):
            locked_md5(lock, stage, Path(path))
