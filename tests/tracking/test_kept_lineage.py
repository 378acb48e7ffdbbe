import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from src.common.digests import file_md5
from src.tracking.kept_lineage import Lineage, parse_lineage
from src.workspace.revision import Revision
from tests.pipeline.conftest import environment

PARAMS = "data: {source: upstream}\nmake: {seed: 1, deep: {rate: 0.5}}\nunread: 1\n"
PIPELINE = """
stages:
  make:
    matrix: {part: [a, b]}
    cmd: python make.py ${item.part}
    deps: [make.py]
    params: [make, other.yaml: ['${item.part}']]
    outs: ['${item.part}.csv']
  evaluate: {cmd: python evaluate.py, deps: [evaluate.py, a.csv], params: [data.source]}
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    files = {"make.py": "make", "evaluate.py": "evaluate", "other.yaml": "a: 1\nb: 2\n"}
    for name, text in {**files, "params.yaml": PARAMS, "dvc.yaml": PIPELINE}.items():
        (root / name).write_text(text)
    for words in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Begin"]):
        subprocess.run(["git", *words], cwd=root, env=environment(), check=True)
    return root


@pytest.fixture
def head(repository: Path) -> Revision:
    return Revision(repository, "HEAD")


def lock(code: str, *, seed: int = 1, other: int = 1) -> str:
    """The entries of make@a, and of an older run of evaluate and of a stage that is no more."""
    return f"""
stages:
  make@a:
    deps: [{{path: make.py, md5: {code}}}]
    params: {{params.yaml: {{make: {{seed: {seed}, deep: {{rate: 0.5}}}}}}, other.yaml: {{a: {other}}}}}
    outs: [{{path: a.csv, md5: aaa}}]
  evaluate: {{deps: [{{path: a.csv, md5: old}}], outs: [{{path: models/pysar.onnx, md5: old}}]}}
  gone: {{deps: [{{path: gone.py, md5: old}}], outs: [{{path: gone.csv, md5: old}}]}}
"""


def kept(repository: Path, read: str = "aaa", pipeline: str = PIPELINE, **values: int) -> Lineage:
    found = {"a.csv": read, "evaluate.py": file_md5(repository / "evaluate.py")}
    return parse_lineage(written(pipeline, lock(file_md5(repository / "make.py"), **values), found))


def written(pipeline: str, lock: str, read: Mapping[str, str]) -> str:
    """Return what lineage.json holds of these texts, the stage's own entry of dvc.lock left out."""
    params, stages, locked = (YAML(typ="safe", pure=True).load(text) for text in (PARAMS, pipeline, lock))
    entries = {name: entry for name, entry in locked["stages"].items() if name != "evaluate"}
    return json.dumps({"params": params, "pipeline": stages["stages"], "lock": entries, "read": read})


def test_outputs_are_those_of_the_stages_that_led_here_and_settings_are_those_that_stages_read(
    repository: Path, head: Revision
) -> None:
    lineage = kept(repository)
    assert lineage.outputs() == {"a.csv": "aaa"}
    assert lineage.settings() == {"data.source": "upstream", "make.seed": 1, "make.deep.rate": 0.5}
    assert lineage.settings_at(head) == lineage.settings()


def test_what_is_all_of_the_revision_has_no_strangers(repository: Path, head: Revision) -> None:
    assert kept(repository).strangers(head) == []


def test_whatever_is_of_another_run_or_revision_is_named(repository: Path, head: Revision) -> None:
    assert kept(repository, read="other").strangers(head) == ["a.csv"]
    assert kept(repository, seed=2).strangers(head) == ["params.yaml: make of make@a"]
    assert kept(repository, other=2).strangers(head) == ["other.yaml: a of make@a"]
    assert kept(repository, pipeline=PIPELINE.replace("make.py $", "make.py -v $")).strangers(head) == ["dvc.yaml"]
    lineage = parse_lineage(written(PIPELINE, lock("changed"), {}))
    assert lineage.strangers(head) == ["make.py"]
