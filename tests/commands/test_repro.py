import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

import src.commands.repro
from src.commands.cli import main
from src.commands.repro import SHORT, must_fall_back, only_deleted, raw_data_at_hand, stages_to_run
from src.common.errors import WorkError
from src.config.params import load_params
from src.config.paths import EVALUATED
from src.data.fetching.manifest import load_manifest
from src.data.tables.sample_mark import mark_sample
from src.results.run import SAMPLE_NOTE
from src.workspace.repository import ask_dvc, run_dvc
from src.workspace.sample_checkout import FOLDER
from tests.default_params import PARAMS
from tests.metrics_document import document
from tests.pipeline.conftest import copy_tree

ROOT = Path(__file__).parents[2]


def never() -> bool:
    raise AssertionError("asked in vain")


def test_upstream_runs_where_its_data_are_here_without_asking_the_network() -> None:
    assert not must_fall_back("upstream", at_hand=lambda: True, answer=never)


def test_upstream_runs_where_its_data_can_be_fetched() -> None:
    assert not must_fall_back("upstream", at_hand=lambda: False, answer=lambda: True)


def test_the_sample_runs_where_nothing_answers_and_that_is_said(caplog: pytest.LogCaptureFixture) -> None:
    assert must_fall_back("upstream", at_hand=lambda: False, answer=lambda: False)
    assert "cannot be had" in caplog.text
    assert "embedded sample" in caplog.text


def test_a_run_on_the_sample_is_short_by_params_that_exist() -> None:
    params = load_params(PARAMS)
    short = params.with_values(SHORT)
    assert short.pretrain.epochs < params.pretrain.epochs
    assert short.finetune.epochs < params.finetune.epochs


def test_a_chosen_sample_runs_at_once_and_a_mirror_in_vain_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RAW_MIRROR", "archives")
    assert not must_fall_back("sample", at_hand=never, answer=never)
    assert "RAW_MIRROR is not asked" in caplog.text


def test_stages_that_dvc_has_in_its_cache_need_no_network() -> None:
    plan = dedent("""\
        Stage 'fetch@mnist' is cached - skipping run, checking out outputs
        Running stage 'fetch@mnist':
        > python -m src.data.fetch mnist

        Stage 'fetch@rukopys' didn't change, skipping
    """)
    assert stages_to_run(plan) == set()
    assert stages_to_run(plan.replace("mnist' is cached", "other' is cached")) == {"fetch@mnist"}


def test_raw_data_of_the_sample_are_not_upstreams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(src.commands.repro, "ask_dvc", lambda *_: "Running stage 'fetch@mnist':\n")
    for corpus in ("mnist", "rukopys"):
        (tmp_path / "data/raw_sample" / corpus).mkdir(parents=True)
    assert not raw_data_at_hand(tmp_path, ["mnist"])
    folder = tmp_path / "data/raw/mnist"
    folder.mkdir(parents=True)
    assert raw_data_at_hand(tmp_path, ["mnist"])
    assert not raw_data_at_hand(tmp_path, ["mnist", "rukopys"])
    mark_sample(folder)
    assert not raw_data_at_hand(tmp_path, ["mnist"])


def test_only_what_is_in_the_cache_and_unchanged_is_at_hand() -> None:
    missing = {"changed deps": {"data/raw_sample/mnist": "deleted"}}
    assert only_deleted({"fetch@mnist": [missing, {"changed outs": {"data/raw/mnist": "deleted"}}]})
    assert only_deleted({})
    assert not only_deleted({"fetch@mnist": [missing, {"changed outs": {"data/raw/mnist": "not in cache"}}]})
    assert not only_deleted({"fetch@mnist": [{"changed deps": {"params.yaml": {"data.source": "modified"}}}]})
    assert not only_deleted({"fetch@mnist": [missing, "changed command"]})


def test_a_fresh_clone_has_no_raw_data_and_that_is_no_error(tmp_path: Path) -> None:
    copy_tree(tmp_path, {})
    assert not raw_data_at_hand(tmp_path, load_manifest())


def test_raw_data_in_dvcs_cache_are_at_hand(toy: Path) -> None:
    assert run_dvc(["repro", "--quiet"], toy) == 0
    shutil.rmtree(toy / "data")
    assert raw_data_at_hand(toy, ["mnist", "emnist"])
    shutil.rmtree(toy / ".dvc/cache")
    assert not raw_data_at_hand(toy, ["mnist", "emnist"])


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with our params.yaml and a pipeline of the same stage names that takes no time."""
    root = tmp_path / "шлях з пробілом"
    root.mkdir()
    (root / "params.yaml").write_bytes(PARAMS.read_bytes())
    (root / "details.json").write_text(json.dumps(document("sample")), encoding="utf-8")
    (root / ".gitignore").write_text("/data/\n/reports/\n/sample/\n", encoding="utf-8")
    (root / ".dvcignore").write_text("/sample\n", encoding="utf-8")
    (root / "dvc.yaml").write_text(
        dedent("""\
            stages:
              draw_sample:
                cmd: for corpus in mnist rukopys cmnist comnist emnist; do
                  mkdir -p data/raw_sample/$corpus && cp params.yaml data/raw_sample/$corpus; done
                params: [data.source]
                outs: [data/raw_sample]
              fetch:
                matrix:
                  corpus: [mnist, rukopys, cmnist, comnist, emnist]
                cmd: mkdir -p data/raw/${item.corpus} && cp params.yaml data/raw/${item.corpus}/SAMPLE
                deps: ["data/raw_sample/${item.corpus}"]
                params: [data.source]
                outs: ["data/raw/${item.corpus}"]
              evaluate:
                cmd: mkdir -p reports/evaluate && cp details.json reports/evaluate
                deps: [data/raw]
                outs: [reports/evaluate/details.json]
        """),
        encoding="utf-8",
    )
    monkeypatch.chdir(root)
    for name in [name for name in os.environ if name.startswith(("GIT_", "DVC_", "RAW_"))]:
        monkeypatch.delenv(name)
    identity = ["-c", "user.name=t", "-c", "user.email=t@t"]
    for command in (
        ["git", "init", "--quiet"],
        [sys.executable, "-m", "dvc", "init", "--quiet"],
        [sys.executable, "-m", "dvc", "config", "core.analytics", "false"],
        ["git", "add", "--all"],
        ["git", *identity, "commit", "--quiet", "--message=t"],
    ):
        subprocess.run(command, check=True, capture_output=True)
    return root


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def everything(folder: Path) -> dict[str, bytes]:
    """Return all of a checkout but the copy in it, git's and DVC's own files among it."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_relative_to(folder / FOLDER) and path.name not in {"index", "updater"}
    }


def test_without_network_the_sample_runs_and_nothing_of_the_checkout_changes(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (toy / "new.py").write_text("# not committed yet", encoding="utf-8")
    monkeypatch.setattr(src.commands.repro, "_sources_answer", lambda _: False)
    ask_dvc(["status"], toy)  # makes .dvc/tmp
    before = everything(toy)
    result = CliRunner().invoke(main, ["repro"])
    assert result.exit_code == 0, result.output
    assert SAMPLE_NOTE in result.stdout
    assert f"cd {FOLDER}" in result.stdout
    after = everything(toy)
    assert {name for name in before | after if before.get(name) != after.get(name) and ".dvc/" not in name} == set()
    assert git(toy, "status", "--porcelain") == "?? new.py\n"
    copy = toy / FOLDER
    assert "source: sample" in (copy / "params.yaml").read_text(encoding="utf-8")
    assert (copy / "new.py").read_bytes() == (toy / "new.py").read_bytes()
    assert (copy / EVALUATED).is_file()
    assert not (toy / EVALUATED).exists()
    assert git(copy, "merge-base", "HEAD", git(toy, "rev-parse", "HEAD").strip()) == git(toy, "rev-parse", "HEAD")


def test_a_second_run_on_the_sample_does_nothing_from_within_either(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(src.commands.repro, "_sources_answer", lambda _: False)
    assert CliRunner().invoke(main, ["repro"]).exit_code == 0
    made = (toy / FOLDER / EVALUATED).stat().st_mtime_ns
    again = CliRunner().invoke(main, ["repro"])
    assert again.exit_code == 0, again.output
    assert (toy / FOLDER / EVALUATED).stat().st_mtime_ns == made
    assert json.loads(ask_dvc(["status", "--json"], toy / FOLDER)) == {}

    monkeypatch.chdir(toy / FOLDER)
    monkeypatch.setattr(src.commands.repro, "_sources_answer", lambda _: never())
    within = CliRunner().invoke(main, ["repro"])
    assert within.exit_code == 0, within.output
    assert SAMPLE_NOTE in within.stdout
    assert (toy / FOLDER / EVALUATED).stat().st_mtime_ns == made


def test_a_failing_stage_ends_the_command_with_dvcs_status(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(src.commands.repro, "_sources_answer", lambda _: True)
    (toy / "details.json").unlink()
    result = CliRunner().invoke(main, ["repro"])
    assert result.exit_code == run_dvc(["repro", "--quiet"], toy) != 0
    with pytest.raises(WorkError, match=r"^dvc nonsense: "):
        ask_dvc(["nonsense"], toy)
