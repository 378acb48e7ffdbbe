import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from src.workspace.revision import Revision, experiment_reference
from tests.pipeline.conftest import environment

FILES = {"a.txt": "a", "folder/b.txt": "b", "folder/sub dir/ї.txt": "ї", "folder.csv": "c", "folder-2/d.txt": "d"}


def execute(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, env=environment(), check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in whose subfolder the pipeline lies, with files changed after the commit."""
    root = tmp_path_factory.mktemp("repository")
    folder = root / "пайплайн"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    pipeline = "stages: {copy: {cmd: touch out, deps: [a.txt, folder], outs: [out]}}"
    (folder / "dvc.yaml").write_text(pipeline, encoding="utf-8")
    execute(root, "git", "init", "--quiet")
    execute(folder, "dvc", "init", "--quiet", "--subdir")
    execute(root, "git", "add", "--all")
    execute(root, "git", "commit", "--quiet", "--message", "Begin")
    execute(folder, sys.executable, "-m", "dvc", "repro", "--quiet")
    (folder / "a.txt").write_text("changed", encoding="utf-8")
    (folder / "folder/new.txt").write_text("new", encoding="utf-8")
    return folder


def test_hashes_of_files_and_folders_are_those_of_dvc_when_they_were_committed(repository: Path) -> None:
    head = Revision(repository, "HEAD")
    locked = YAML(typ="safe", pure=True).load(repository / "dvc.lock")["stages"]["copy"]["deps"]
    assert {path: head.md5(path) for path in ("a.txt", "folder")} == {dep["path"]: dep["md5"] for dep in locked}
    assert head.read("folder/sub dir/ї.txt") == "ї".encode()


def test_what_the_revision_lacks_has_neither_bytes_nor_hash(repository: Path) -> None:
    head = Revision(repository, "HEAD")
    for path in ("folder/new.txt", "nowhere", "out"):
        assert (head.read(path), head.md5(path)) == (None, None)
    assert head.read("folder") is None


@pytest.mark.parametrize(("name", "known"), [("HEAD", True), ("0" * 40, False), ("", False), ("--help", False)])
def test_a_revision_is_here_or_not(name: str, known: bool, repository: Path) -> None:
    assert Revision(repository, name).is_here() is known


def test_why_a_revision_cannot_be_had_is_said(repository: Path, tmp_path: Path) -> None:
    assert Revision(repository, "HEAD").missing() is None
    assert str(Revision(repository, "0" * 40).missing()).endswith("is not in this repository: `git fetch`")
    execute(tmp_path, "git", "clone", "--quiet", "--depth", "1", repository.parent.as_uri(), "shallow")
    shallow = Revision(tmp_path / "shallow" / repository.name, "0" * 40)
    assert str(shallow.missing()).endswith("is not in this repository: `git fetch --unshallow`")
    assert "not a git repository; clone" in str(Revision(tmp_path, "HEAD").missing())


def test_an_experiment_is_found_by_its_name(repository: Path) -> None:
    reference = f"refs/exps/ab/{'c' * 38}/tuned"
    execute(repository, "git", "update-ref", reference, "HEAD")
    assert experiment_reference(repository, "tuned") == reference
    assert experiment_reference(repository, "tune") is None
