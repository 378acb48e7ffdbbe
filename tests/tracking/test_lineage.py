import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from src.common.digests import md5_of
from src.tracking import lineage
from src.tracking.lineage import changed_files, changed_params, git_commit
from src.tracking.run_origin import find_origin
from src.tracking.run_tags import run_tags
from src.workspace import stage_hashes
from src.workspace.stage_hashes import dependency_hashes

REPOSITORY = Path(__file__).parents[2]
PIPELINE = """
stages:
  make:
    cmd: mkdir -p data/folder && echo a > data/folder/a && echo table > data/table.parquet
    outs: [data/folder, data/table.parquet]
  train:
    cmd: "{python} train.py"
    deps:
      - train.py
      - data/table.parquet
      - data/folder
      - code
    outs: [tags.json, lineage.json]
  again:
    cmd: "{python} train.py again"
    deps: [tags.json]
    outs: [again.json]
"""
TRAIN = """
import json, sys
from pathlib import Path
from src.tracking.run_origin import find_origin
from src.tracking.run_tags import run_tags
origin = find_origin("train")
if sys.argv[1:]:
    Path("again.json").write_text(json.dumps(run_tags(origin)))
else:
    Path("tags.json").write_text(json.dumps(run_tags(origin)))
    Path("lineage.json").write_text(origin.as_json())
"""
PAGE = ("mlflow.", "lineage.", "dvc.repro")


def tags_of(stage: str) -> dict[str, str]:
    """Return a run's tags but those that every run has."""
    return {name: value for name, value in run_tags(find_origin(stage)).items() if not name.startswith(PAGE)}


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, in a process that has told nothing yet."""
    for name in [name for name in os.environ if name.startswith(("DVC_", "GIT_"))]:
        monkeypatch.delenv(name)
    lineage._warn_of_git.cache_clear()
    stage_hashes._warn.cache_clear()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*command: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "DVC_NO_ANALYTICS": "1"}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


def commit() -> str:
    run("git", "init", "--quiet")
    run("git", "add", ".")
    run("git", "-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "--quiet", "-m", "x", "--allow-empty")
    return run("git", "rev-parse", "HEAD")


def test_tables_and_models_have_a_tag_and_all_else_is_in_lineage_json_as_dvc_then_writes_it_to_its_lock(
    workspace: Path,
) -> None:
    (workspace / "dvc.yaml").write_text(PIPELINE.format(python=sys.executable))
    (workspace / "train.py").write_text(TRAIN)
    for name in ("code/b.py", "code/a/c.py", "code/a-b.py", "code/їжа.py"):
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).write_text(name)
    (workspace / ".gitignore").write_text("__pycache__\n")
    head = commit()
    run(sys.executable, "-m", "dvc", "init", "--quiet")
    (workspace / "code/__pycache__").mkdir()
    (workspace / "code/__pycache__/b.cpython-311.pyc").write_text("compiled")
    (workspace / ".dvcignore").write_text("__pycache__\n")
    run(sys.executable, "-m", "dvc", "repro", "--quiet")
    yaml = YAML(typ="safe", pure=True)
    tags = yaml.load((workspace / "tags.json").read_text())
    lock = yaml.load((workspace / "dvc.lock").read_text())["stages"]["train"]["deps"]
    assert len(lock) == 4
    data = {f"dvc.dep.{dep['path']}": dep["md5"] for dep in lock if dep["path"].startswith("data/")}
    assert len(data) == 2
    assert {name: value for name, value in tags.items() if name.startswith("dvc.dep.")} == data
    assert (tags["git.commit"], tags["mlflow.source.git.commit"], tags["dvc.stage"]) == (head, head, "train")
    lineage = (workspace / "lineage.json").read_bytes()
    assert tags["lineage.md5"] == md5_of(lineage)
    assert json.loads(lineage)["read"] == {dep["path"]: dep["md5"] for dep in lock}


def test_all_runs_of_one_repro_have_a_tag_in_common_and_another_repro_has_its_own(workspace: Path) -> None:
    (workspace / "dvc.yaml").write_text(PIPELINE.format(python=sys.executable))
    (workspace / "train.py").write_text(TRAIN)
    (workspace / "code").mkdir()
    (workspace / "code/a.py").write_text("a")
    commit()
    run(sys.executable, "-m", "dvc", "init", "--quiet")
    seen = []
    for _ in range(2):
        run(sys.executable, "-m", "dvc", "repro", "--quiet", "--force")
        train, again = (json.loads((workspace / name).read_text()) for name in ("tags.json", "again.json"))
        assert train["dvc.stage"] != again["dvc.stage"]
        assert train["dvc.repro"] == again["dvc.repro"]
        seen.append(train["dvc.repro"])
    assert seen[0] != seen[1]
    assert "dvc.repro" not in run_tags(find_origin("train"))


def test_source_and_author_of_a_run_are_told(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (workspace / "dvc.yaml").write_text("stages: {train: {cmd: python -m src/train, desc: Learn}}")
    commit()
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Леся Українка")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "lesia@example.org")
    tags = run_tags(find_origin("train"))
    assert tags["mlflow.source.name"] == "train: python -m src/train"
    assert tags["mlflow.user"] == "Леся Українка"
    assert "example.org" not in "".join(tags.values())
    monkeypatch.setattr(sys, "argv", ["/somewhere/pysar", "tune", "finetune"])
    assert run_tags(find_origin("tune"))["mlflow.source.name"] == "tune: pysar tune finetune"


def test_the_experiment_is_named_as_dvc_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_EXP_NAME", "kinky-moor")
    monkeypatch.setenv("DVC_EXP_BASELINE_REV", "c0ffee")
    monkeypatch.setenv("DVC_STAGE", "dvc.yaml:finetune")
    tags = tags_of("pretrain")
    assert tags == {"dvc.exp_name": "kinky-moor", "dvc.exp_baseline_rev": "c0ffee", "dvc.stage": "finetune"}


def test_an_experiment_says_which_params_it_changes(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    params = workspace / "params.yaml"
    params.write_text("finetune: {learning_rate: 1e-3, seed: 1}\nnetwork: {channels: [4, 8]}")
    monkeypatch.setenv("DVC_EXP_BASELINE_REV", commit())
    params.write_text("finetune: {learning_rate: 0.003, seed: 1}\nnetwork: {channels: [4, 16]}\nnew: {a: true}")
    commit()  # of DVC's own: in a queued experiment HEAD is not the baseline
    changed = "finetune.learning_rate=0.003, network.channels=[4, 16], new.a=True"
    assert "dvc.exp_params" not in tags_of("finetune")
    monkeypatch.setenv("DVC_EXP_NAME", "kinky-moor")
    origin = find_origin("finetune")
    assert run_tags(origin)["dvc.exp_params"] == changed
    assert origin.overrides == [
        "finetune.learning_rate=0.003", "network.channels=[4,16]", "++new.a=true"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["a: 1", "a: [", "", None])
def test_params_that_are_as_committed_or_cannot_be_read_are_not_changed(text: str | None, workspace: Path) -> None:
    assert changed_params() == {}
    (workspace / "params.yaml").write_text("a: 1")
    commit()
    (workspace / "params.yaml").unlink()
    if text is not None:
        (workspace / "params.yaml").write_text(text)
    assert changed_params() == {}


def test_the_hash_is_of_the_file_as_it_is_now_not_of_an_older_lock(workspace: Path) -> None:
    (workspace / "dvc.yaml").write_text("stages: {train: {deps: [./table.csv: {cache: false}, gone.csv, made]}}")
    lock = "stages: {make: {outs: [{path: table.csv, md5: old}, {path: made, md5: abc.dir}, {path: x}]}}"
    (workspace / "dvc.lock").write_text(lock)
    (workspace / "table.csv").write_text("hello")
    assert dependency_hashes("train") == {"table.csv": "5d41402abc4b2a76b9719d911017c592", "made": "abc.dir"}


@pytest.mark.parametrize("pipeline", [None, "stages: [", "stages: {other: {}}", "[]", "stages: {train: {cmd: x}}"])
def test_without_a_pipeline_or_a_repository_the_stage_is_still_named(pipeline: str | None, workspace: Path) -> None:
    if pipeline is not None:
        (workspace / "dvc.yaml").write_text(pipeline)
    assert tags_of("train") == {"dvc.stage": "train"}


def test_a_repository_without_a_commit_has_no_commit() -> None:
    run("git", "init", "--quiet")
    assert git_commit() is None


def warned(caplog: pytest.LogCaptureFixture) -> str:
    told = [
        record.getMessage()
        for record in caplog.records
        if record.name in {"src.tracking.lineage", "src.workspace.stage_hashes"}
    ]
    assert len(told) == 1
    assert "\n" not in told[0]
    return told[0]


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


@pytest.mark.parametrize("lock", [None, "stages: [", "stages: {other: {}}"])
def test_a_lock_that_cannot_be_read_is_told_of(
    lock: str | None, workspace: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (workspace / "dvc.yaml").write_text("stages: {train: {deps: [parts, gone]}}")
    (workspace / "parts").mkdir()
    commit()
    if lock is not None:
        (workspace / "dvc.lock").write_text(lock)
    assert find_origin("train").read == {}
    assert "dvc.lock: missing, cannot be read, or without parts: " in warned(caplog)


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


def test_a_path_that_mlflow_refuses_as_a_name_is_written_otherwise(workspace: Path) -> None:
    (workspace / "dvc.yaml").write_text("stages: {train: {deps: ['data/a=1.csv']}}")
    (workspace / "data").mkdir()
    (workspace / "data/a=1.csv").write_text("hello")
    assert "dvc.dep.data/a_1.csv" in tags_of("train")
