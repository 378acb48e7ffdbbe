import os
import re
from pathlib import Path

import pytest

from src.tracking.lineage import changed_files, changed_params, git_commit
from tests.tracking.run_folder import commit, fresh_folder, run, tags_of, warned


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, in a process that has told nothing yet."""
    return fresh_folder(tmp_path, monkeypatch)


@pytest.mark.parametrize("text", ["a: 1", "a: [", "", None])
def test_params_that_are_as_committed_or_cannot_be_read_are_not_changed(text: str | None, workspace: Path) -> None:
    assert changed_params() == {}
    (workspace / "params.yaml").write_text("a: 1")
    commit()
    (workspace / "params.yaml").unlink()
    if text is not None:
        (workspace / "params.yaml").write_text(text)
    assert changed_params() == {}


def test_a_repository_without_a_commit_has_no_commit() -> None:
    run("git", "init", "--quiet")
    assert git_commit() is None


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_owner_is_told_of_once_with_gits_reason(
    workspace: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "dvc.yaml").write_text("stages: {train: {cmd: x}}")
    head = commit()
    for path in (workspace, *workspace.rglob("*")):
        os.chown(path, 12345, 12345)
    monkeypatch.setenv("HOME", str(workspace))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for _ in range(2):
        assert tags_of("train") == {"dvc.stage": "train"}
    assert re.search(r"detected dubious ownership .* git config --global --add safe\.directory", warned(caplog))
    for name, value in (("COUNT", "1"), ("KEY_0", "safe.directory"), ("VALUE_0", "*")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert tags_of("train")["git.commit"] == head


@pytest.mark.parametrize("broken", [False, True])
def test_the_commit_of_a_repository_around_the_checkout_is_not_taken_for_its_own(
    broken: bool, workspace: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (workspace / "notes.txt").write_text("of somebody")
    inner = workspace / "downloads" / "pysar"
    inner.mkdir(parents=True)
    head = commit()
    monkeypatch.chdir(inner)
    (inner / "dvc.yaml").write_text("stages: {train: {cmd: x}}")
    if broken:
        (inner / ".git").mkdir()
    assert tags_of("train") == {"dvc.stage": "train"}
    assert f"{workspace}, has no dvc.yaml of this folder" in warned(caplog)
    if not broken:
        monkeypatch.chdir(workspace)
        assert commit() != head  # the pipeline lies in a folder of that repository, which holds it
        monkeypatch.chdir(inner)
        assert tags_of("train")["git.commit"] == run("git", "rev-parse", "HEAD")


def test_variables_that_lead_git_to_another_repository_are_not_followed(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "dvc.yaml").write_text("stages: {train: {cmd: x, deps: [one.py]}}")
    (workspace / "one.py").write_text("committed")
    head = commit()
    other = tmp_path_factory.mktemp("other")
    monkeypatch.chdir(other)
    (other / "two.py").write_text("of another")
    assert commit() != head
    monkeypatch.chdir(workspace)
    (workspace / "one.py").write_text("changed")
    for name, value in (("DIR", ".git"), ("WORK_TREE", "."), ("INDEX_FILE", ".git/index")):
        monkeypatch.setenv(f"GIT_{name}", str(other / value))
    tags = tags_of("train")
    assert (tags["git.commit"], tags["git.dirty"]) == (head, "one.py")


@pytest.mark.parametrize("lacking", ["git", "repository", "commit", "work tree"])
def test_why_there_is_no_commit_is_said(
    lacking: str, workspace: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (workspace / "dvc.yaml").write_text("stages: {train: {cmd: x}}")
    if lacking == "commit":
        run("git", "init", "--quiet")
    if lacking == "work tree":
        run("git", "init", "--quiet", "--bare")
    if lacking == "git":
        commit()
        monkeypatch.setenv("PATH", str(workspace))
    assert tags_of("train") == {"dvc.stage": "train"} | ({"git.dirty": "dvc.yaml"} if lacking == "commit" else {})
    reasons = {"git": "git is not installed", "repository": "not a git repository; clone", "commit": "no commit yet",
               "work tree": "must be run in a work tree"}  # fmt: skip
    assert reasons[lacking] in warned(caplog)


def test_in_a_shallow_clone_the_commit_is_known(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (workspace / "dvc.yaml").write_text("stages: {train: {cmd: x}}")
    commit()
    head = commit()
    run("git", "clone", "--quiet", "--depth", "1", workspace.as_uri(), "clone")
    monkeypatch.chdir(workspace / "clone")
    assert git_commit() == head


def test_what_the_pipeline_is_made_of_and_has_no_commit_is_named(workspace: Path) -> None:
    pipeline = "stages: {a: {deps: [one.py, 'їжа [1].py']}, b: {deps: [parts, made.csv, gone.py]}}"
    (workspace / "dvc.yaml").write_text(pipeline)
    (workspace / ".gitignore").write_text("made.csv")
    (workspace / "parts").mkdir()
    for name in ("one.py", "їжа [1].py", "gone.py", "parts/kept.py", "README.md", "params.yaml", "poetry.lock"):
        (workspace / name).write_text("committed")
    commit()
    assert changed_files() == []
    assert "git.dirty" not in tags_of("a")
    for name in ("one.py", "їжа [1].py", "parts/new.py", "README.md", "params.yaml", "made.csv", "poetry.lock"):
        (workspace / name).write_text("changed")
    (workspace / "gone.py").unlink()
    assert sorted(changed_files()) == ["gone.py", "one.py", "parts/new.py", "poetry.lock", "їжа [1].py"]
    assert tags_of("a")["git.dirty"].split(" ", 1)[0] == "gone.py"
