import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from src.commands.cli import main
from src.common.errors import InputError
from src.workspace.repository import ask_dvc, environment, find_root, locked_md5, run_dvc
from tests.default_params import EXAMPLE_PARAMS


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


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout without .git, as a tarball gives it, in a path with all sorts of characters."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    root = tmp_path / "Письмо 100%?#x"
    root.mkdir()
    (root / "dvc.yaml").write_text("stages: {}\n")
    shutil.copy(EXAMPLE_PARAMS, root / "params.yaml")
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("command", ["repro", "published", "readme"])
def test_a_command_that_calls_dvc_says_in_a_line_that_there_is_no_git_repository(command: str, unpacked: Path) -> None:
    result = CliRunner().invoke(main, [command])
    assert result.exit_code == 2
    assert re.fullmatch(
        rf"Error: {re.escape(str(unpacked))}: .*not a git repository; clone .*`git init .*\n", result.stderr
    )


def test_dvc_makes_no_experiment_in_the_repository_of_another(unpacked: Path) -> None:
    subprocess.run(["git", "init", "--quiet", unpacked.parent], check=True)
    for call in (run_dvc, ask_dvc):
        with pytest.raises(InputError, match=r"the repository around it, .*, has no dvc\.yaml of this folder"):
            call(["exp", "run"], unpacked)


def test_an_experiment_wants_a_commit(unpacked: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=unpacked, check=True)
    with pytest.raises(InputError, match=r"no commit yet .* makes one"):
        run_dvc(["exp", "run"], unpacked)


def test_where_dvc_can_make_no_temporary_experiment_the_folder_is_to_be_renamed(unpacked: Path) -> None:
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Begin"]):
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", *words]
        subprocess.run(git, cwd=unpacked, check=True)
    for name in ("a?b", "a#b", "a%41b", "Письмо"):
        root = unpacked.rename(unpacked.with_name(name))
        with pytest.raises(InputError, match="rename the folder"):
            run_dvc(["exp", "run", "--temp"], root)
        root.rename(unpacked)


def test_dvc_is_led_to_no_other_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/other/.git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/other/.git/index")
    assert not {"GIT_DIR", "GIT_INDEX_FILE"} & environment(tmp_path).keys()


def test_without_git_that_is_said(unpacked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(unpacked))
    with pytest.raises(InputError, match="git is not installed"):
        run_dvc(["repro"], unpacked)
    assert "GIT_AUTHOR_NAME" in environment(unpacked)


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
