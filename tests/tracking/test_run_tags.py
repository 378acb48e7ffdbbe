import json
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from src.common.digests import md5_of
from src.tracking.run_origin import find_origin
from src.tracking.run_tags import run_tags
from src.workspace.stage_hashes import dependency_hashes
from tests.tracking.run_folder import commit, fresh_folder, run, tags_of, warned

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


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, in a process that has told nothing yet."""
    return fresh_folder(tmp_path, monkeypatch)


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


def test_a_path_that_mlflow_refuses_as_a_name_is_written_otherwise(workspace: Path) -> None:
    (workspace / "dvc.yaml").write_text("stages: {train: {deps: ['data/a=1.csv']}}")
    (workspace / "data").mkdir()
    (workspace / "data/a=1.csv").write_text("hello")
    assert "dvc.dep.data/a_1.csv" in tags_of("train")
