"""A sweep as the manual tells it, on the sample: what DVC then shows fits a screen, and MLflow has each run."""

import csv
import re
import shutil
import sys
from pathlib import Path

import pytest
from dvc_render.vega import VegaRenderer  # type: ignore[import-untyped]  # it has no types
from mlflow import MlflowClient
from ruamel.yaml import YAML

from src.config.paths import SPLIT_TABLE
from src.models.scoring.headline import HEADLINE
from tests.pipeline.conftest import ROOT, run_in, tracked_runs, wait_for_queue
from tests.pipeline.documented_commands import HOWTO, documented_commands

PAGE = ROOT / HOWTO / "sweep.md"
TEMPLATE = ROOT / ".dvc/page/plots.html"
FIGURES = ("val_label", "val_case", *HEADLINE)
RATES = ["0.0005", "0.002", "0.004"]
"""Of finetune, on the page."""
COLUMNS = 160
LINES = 12


def shell(command: str, folder: Path, **more: str) -> str:
    """Run a line of the page and return all that it says, errors too."""
    line = re.sub(r"^make ", "make -o .venv/.installed ", command)
    done = run_in(folder, "bash", "-c", line, check=True, **more)
    return done.stdout + done.stderr


def names(folder: Path) -> list[str]:
    return shell("dvc exp list --name-only", folder).split()


@pytest.fixture(scope="module")
def checkout(reproduced: Path) -> Path:
    """A checkout in which the pipeline has run, and its dvc.lock is committed."""
    (reproduced / ".venv").symlink_to(Path(sys.executable).parent.parent)
    with (reproduced / ".git/info/exclude").open("a", encoding="utf-8") as stream:
        stream.write("/.venv\n")
    return reproduced


@pytest.fixture(scope="module")
def said(checkout: Path) -> dict[str, str]:
    """What each command of the page said, in the page's order."""
    answers = {}
    for line in documented_commands(PAGE.read_text(encoding="utf-8")):
        if line == "make experiments":
            wait_for_queue(checkout)
        found = iter(names(checkout)) if "<name>" in line else iter(())
        answers[line] = shell(re.sub("<name>", lambda _, found=found: next(found), line), checkout)  # type: ignore[misc]
    return answers


def test_the_sweep_of_the_page_gives_the_table_of_the_page(said: dict[str, str], checkout: Path) -> None:
    lines = said["make experiments"].splitlines()
    header = next(line.split() for line in lines if "Experiment" in line)
    shown = re.search(r"^Experiment .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert shown is not None
    assert header == shown[0].split()
    rows = {name: line.partition("]")[2].split() for line in lines for name in names(checkout) if f"[{name}]" in line}
    assert sorted(row[-1] for row in rows.values()) == RATES
    val_label = [float(row[0]) for row in rows.values()]
    assert val_label == sorted(val_label, reverse=True), "the best first"


@pytest.mark.usefixtures("said")
def test_each_experiment_is_found_in_dvc_and_in_mlflow_by_what_it_changes(checkout: Path) -> None:
    table = csv.DictReader(run_in(checkout, "dvc", "exp", "show", "--csv").stdout.splitlines())
    shown = {row["Experiment"]: row["finetune.learning_rate"] for row in table if row["Experiment"] in names(checkout)}
    assert sorted(shown.values()) == RATES
    client = MlflowClient(f"sqlite:///{checkout}/mlflow.db")
    lock = YAML(typ="safe").load(checkout / "dvc.lock")
    (split,) = (dep["md5"] for dep in lock["stages"]["finetune"]["deps"] if dep["path"] == SPLIT_TABLE.as_posix())
    for name, rate in shown.items():
        changed = f"tags.`dvc.exp_params` LIKE '%finetune.learning_rate={rate}%'"
        (found,) = tracked_runs(checkout, f"{changed} AND tags.`dvc.stage` = 'evaluate'")
        assert found.info.run_name == f"evaluate-{name}"
        assert found.data.tags["dvc.exp_name"] == name
        assert found.data.metrics["label"] > 0
        assert client.list_artifacts(found.info.run_id)
        assert found.info.artifact_uri.startswith(checkout.as_uri())
        (learned,) = tracked_runs(checkout, f"tags.`dvc.exp_name` = '{name}' AND tags.`dvc.stage` = 'finetune'")
        assert learned.data.params["finetune.learning_rate"] == rate
        assert learned.data.tags[f"dvc.dep.{SPLIT_TABLE.as_posix()}"] == split


def test_the_page_explains_each_figure() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert tuple(explained) == FIGURES


def test_the_table_and_the_difference_fit_a_screen(said: dict[str, str], checkout: Path) -> None:
    assert max(map(len, said["make experiments"].splitlines())) <= COLUMNS
    terminal = shell("dvc exp show --only-changed --no-pager", checkout, COLUMNS=str(COLUMNS))
    assert max(map(len, terminal.splitlines())) <= COLUMNS
    assert all(figure in terminal for figure in FIGURES)
    assert 1 < len(said["dvc metrics diff"].splitlines()) <= LINES


def test_experiments_without_any_are_no_error(checkout: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    shutil.copytree(checkout, alone, symlinks=True)
    shell("git restore . && dvc exp remove --all-commits", alone)
    assert "Experiment" in shell("make experiments", alone)


@pytest.mark.parametrize("command", ["metrics show", "metrics diff", "plots show", "plots diff"])
def test_dvc_misses_nothing_where_the_latin_pipeline_never_ran(checkout: Path, command: str) -> None:
    assert "failed to load" not in shell(f"dvc {command}", checkout)


def test_plots_open_without_a_network_and_show_experiments_in_one_picture(said: dict[str, str], checkout: Path) -> None:
    address = next(text for line, text in said.items() if line.startswith("dvc plots diff"))
    page = (checkout / "dvc_plots/index.html").read_text(encoding="utf-8")
    assert "dvc_plots/index.html" in address
    assert re.findall(r"""<(?:script|link)[^>]*(?:src|href)=""", page) == []
    assert not [source for source in re.findall(r'<img[^>]*src="([^"]*)"', page) if "://" in source]


def test_the_scripts_of_plots_are_those_that_dvc_names() -> None:
    named = re.findall(r"npm/(vega[\w-]*@[\d.]+)", VegaRenderer.SCRIPTS)
    assert re.findall(r"<script>/\* (\S+) \*/", TEMPLATE.read_text(encoding="utf-8")) == named
    assert len(named) == 3
