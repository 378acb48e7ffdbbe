"""A repository whose pipeline takes no time and records itself; what is printed of it is run in fresh clones."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner, Result
from mlflow import MlflowClient
from ruamel.yaml import YAML

from src.commands.cli import main
from src.common.digests import file_md5
from src.config.paths import EXPORTED
from tests.pipeline.conftest import environment

pytestmark = pytest.mark.filterwarnings("default")  # of SQLAlchemy and MLflow, at each other

ROOT = Path(__file__).parents[2]
PARAMS = "make: {seed: 1, rate: 1e-4, name: plain, channels: [4, 8], known: true}\nread_by_none: 1\n"
TUNED = """\
make: {seed: 2, rate: 0.00001, name: 'it''s [two] words, \\', channels: [1, 2], known: null, added: 'null'}
read_by_none: 2
"""
FILES = {
    "params.yaml": PARAMS,
    ".gitignore": "/.venv\n/mlflow.db*\n/mlartifacts/\n/.pysar/\n",
    "Makefile": f"env:\n\tln -s '{sys.prefix}' .venv\n",
    "poetry.lock": "",
    "parts/head.txt": "head",
    "parts/sub/tail.txt": "tail",
    "dvc.yaml": dedent("""\
        stages:
          make:
            cmd: python make.py
            deps: [make.py, parts]
            params: [make]
            outs: [data/table.txt]
          evaluate:
            cmd: python evaluate.py
            deps: [evaluate.py, data/table.txt]
            outs: [models/pysar.onnx]
    """),
    "make.py": dedent("""\
        from pathlib import Path
        from ruamel.yaml import YAML
        Path("data").mkdir(exist_ok=True)
        params = YAML(typ="safe", pure=True).load(Path("params.yaml"))["make"]
        parts = [path.read_text() for path in sorted(Path("parts").rglob("*.txt"))]
        Path("data/table.txt").write_text(f"{sorted(params.items())} {parts}")
    """),
    "evaluate.py": dedent("""\
        import os
        from pathlib import Path
        import numpy, onnx
        from onnx import TensorProto, helper
        values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in "xy"]
        graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "toy", values[:1], values[1:])
        text = Path("data/table.txt").read_text()
        model = Path("models/pysar.onnx")
        model.parent.mkdir(exist_ok=True)
        opset = helper.make_opsetid("", 18)
        onnx.save(helper.make_model(graph, doc_string=text, ir_version=10, opset_imports=[opset]), model)
        if os.environ.get("RECORD"):
            from src.common.digests import file_md5
            from src.tracking.tracking import track
            with track("evaluate") as run:
                run.log_onnx(model, {"x": numpy.zeros(2, numpy.float32)})
                run.register("pysar", {"model.md5": file_md5(model)}, {"label": 0.5})
    """),
}


def execute(folder: Path, *command: str, more: Mapping[str, str] | None = None) -> str:
    variables = environment(PYTHONPATH=str(ROOT), RECORD="1") if more is None else more
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions: as committed, as a temporary experiment with other params, and of code without a commit."""
    root = tmp_path_factory.mktemp("toy") / "a repository 100%"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    execute(root, "git", "init", "--quiet")
    execute(root, "dvc", "init", "--quiet")
    execute(root, "git", "add", "--all")
    execute(root, "git", "commit", "--quiet", "--message", "Begin")
    execute(root, "dvc", "repro")
    execute(root, "git", "add", "--all")
    execute(root, "git", "commit", "--quiet", "--message", "Reproduce")
    (root / "params.yaml").write_text(TUNED, encoding="utf-8")
    execute(root, "dvc", "exp", "run", "--temp", "--name", "tuned")
    (root / "params.yaml").write_text(PARAMS, encoding="utf-8")
    (root / "make.py").write_text(FILES["make.py"] + "# more\n", encoding="utf-8")
    (root / "poetry.lock").write_text("other packages", encoding="utf-8")
    (root / "parts/sub/new.txt").write_text("new", encoding="utf-8")
    execute(root, "dvc", "repro")
    return root


def ask(root: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    for name in [name for name in os.environ if name.startswith(("DVC_", "MLFLOW_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(root)
    return CliRunner().invoke(main, ["provenance", *arguments])


def rebuilt(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> Path:
    """Run what is printed, as somebody whom git does not know; return the model."""
    script = ask(root, monkeypatch, version, "--commands")
    assert script.exit_code == 0, script.output
    nobody = {name: value for name, value in environment().items() if not name.startswith("GIT_")}
    said = execute(folder, "bash", "-e", "-c", script.stdout, more={**nobody, "HOME": str(folder)})
    assert f"{EXPORTED}: OK" in said
    return folder / f"pysar-version-{version}" / EXPORTED


def test_the_printed_commands_make_the_same_bytes_in_a_fresh_clone(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ask(toy, monkeypatch, "1").stdout
    model = rebuilt(toy, tmp_path, monkeypatch, "1")
    assert f"{file_md5(model)}  {EXPORTED}" in said
    assert execute(toy, "git", "rev-parse", "HEAD~1").strip() in said
    lock = YAML(typ="safe", pure=True).load(model.parents[1] / "dvc.lock")
    assert f"{lock['stages']['make']['outs'][0]['md5']:36}  data/table.txt" in said
    assert "  make.seed: 1\n" in said
    assert "*" not in said.partition("stages read (* not")[2]
    assert "read_by_none" not in said
    assert "WARNING" not in said
    assert "\ndvc repro\n" in said


def test_an_experiment_with_params_of_its_own_is_made_again_too(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ask(toy, monkeypatch, "2").stdout
    assert "DVC experiment      tuned" in said
    assert "* make.seed: 2   there: 1\n" in said
    assert "* make.added: null   there: missing\n" in said
    assert "WARNING" not in said
    assert "dvc exp apply tuned\n" in said
    model = rebuilt(toy, tmp_path, monkeypatch, "2")
    assert "it's [two] words" in model.read_bytes().decode(errors="replace")


def test_code_without_a_commit_is_warned_of(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = ask(toy, monkeypatch, "3").stdout
    assert "uncommitted         make.py parts/sub/new.txt poetry.lock\n" in said
    assert said.partition("other bytes may come out:\n")[2].startswith(
        "#   make.py\n#   parts\n#   poetry.lock\n# anew"
    )


def test_a_repository_that_was_moved_tells_the_same(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ask(toy, monkeypatch, "2").stdout
    moved = shutil.copytree(toy, tmp_path / "Письмо a?b#c", symlinks=True)
    hidden = toy.with_name("hidden")
    toy.rename(hidden)
    try:
        said = ask(moved, monkeypatch, "2")
    finally:
        hidden.rename(toy)
    assert said.exit_code == 0, said.output
    assert said.stdout == before.replace(shlex.quote(str(toy)), shlex.quote(str(moved)))


def test_a_revision_that_is_not_here_is_named_after_what_is_known(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = toy / "mlflow.db"
    other = tmp_path / "other"
    other.mkdir()
    for name in ("dvc.yaml", "params.yaml"):
        (other / name).write_text(FILES[name], encoding="utf-8")
    execute(other, "git", "init", "--quiet")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{store}")
    monkeypatch.chdir(other)
    result = CliRunner().invoke(main, ["provenance", "1"])
    assert result.exit_code == 2
    assert "make.seed: 1" in result.stdout
    assert "is not in this repository: `git fetch`" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_version_without_its_lineage_is_refused_with_the_way_to_read_it(
    toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(toy / "mlflow.db", tmp_path / "mlflow.db")
    client = MlflowClient(f"sqlite:///{tmp_path}/mlflow.db")
    run_id = client.get_model_version("pysar", "1").run_id or ""
    commit = client.get_run(run_id).data.tags["git.commit"]
    client.set_tag(run_id, "lineage.md5", "0" * 32)
    changed = ask_store(toy, tmp_path, monkeypatch)
    assert (changed.exit_code, changed.stderr.count("\n")) == (2, 1)
    assert "version 1: its lineage.json is not what was recorded" in changed.stderr
    client.delete_tag(run_id, "lineage.md5")
    old = ask_store(toy, tmp_path, monkeypatch)
    assert (old.exit_code, old.stderr.count("\n")) == (2, 1)
    assert "version 1: it was registered before there was a lineage.json" in old.stderr
    assert f"`git checkout {commit}`" in old.stderr


def ask_store(root: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")
    monkeypatch.chdir(root)
    return CliRunner().invoke(main, ["provenance", "1"])


def test_without_a_champion_or_a_store_that_is_said(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = ask(toy, monkeypatch)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "no version 'champion'" in result.stderr
    for name in ("dvc.yaml", "params.yaml"):
        (tmp_path / name).write_text(FILES[name], encoding="utf-8")
    result = ask(tmp_path, monkeypatch, "1")
    assert result.exit_code == 2
    assert "no run was recorded yet" in result.stderr
