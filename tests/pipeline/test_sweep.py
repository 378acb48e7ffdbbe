"""A sweep as the manual tells it, with stages that take no time: what DVC then shows fits a screen."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from dvc_render.vega import VegaRenderer  # type: ignore[import-untyped]  # it has no types

from src.models.scoring.headline import HEADLINE
from tests.pipeline.conftest import ROOT, copy_tree, end_all_in, lend_environment, shell, wait_for_queue
from tests.pipeline.documented_commands import HOWTO, documented_commands
from tests.pipeline.quick_stages import FIGURES, use_quick_stages

PAGE = ROOT / HOWTO / "sweep.md"
TEMPLATE = ROOT / ".dvc/page/plots.html"
COLUMNS = 160
LINES = 12


def names(folder: Path) -> list[str]:
    return shell("dvc exp list --name-only", folder).split()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout in which the pipeline has run, and its dvc.lock is committed."""
    target = tmp_path_factory.mktemp("sweep") / "pysar"
    target.mkdir()
    copy_tree(target)
    use_quick_stages(target)
    lend_environment(target)
    for command in ("dvc repro --quiet", "git add --all", "git commit --quiet --message=Reproduce"):
        shell(command, target)
    yield target
    end_all_in(target)


@pytest.fixture(scope="module")
def said(checkout: Path) -> dict[str, str]:
    """What each command of the page said, in the page's order."""
    answers = {}
    for line in documented_commands(PAGE.read_text(encoding="utf-8")):
        if "<name>" in line:
            wait_for_queue(checkout)
        found = iter(names(checkout)) if "<name>" in line else iter(())
        if line == "make experiments":
            wait_for_queue(checkout)
        answers[line] = shell(re.sub("<name>", lambda _, found=found: next(found), line), checkout)  # type: ignore[misc]
    return answers


def test_the_sweep_of_the_page_gives_the_table_of_the_page(said: dict[str, str], checkout: Path) -> None:
    lines = said["make experiments"].splitlines()
    header = next(line.split() for line in lines if "Experiment" in line)
    shown = re.search(r"^Experiment .*$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert shown is not None
    assert header == shown[0].split()
    order = [name for line in lines for name in names(checkout) if f"[{name}]" in line]
    assert len(order) == 3
    rates = [float(line.split()[-1]) for line in lines if "[" in line]
    assert rates == sorted(rates), "the best first: quick stages read the better the lower their rate is"


def test_the_page_explains_each_figure() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert explained == [figure for figures in FIGURES.values() for figure in figures]
    assert FIGURES["evaluate"] == tuple(HEADLINE)


def test_the_table_and_the_difference_fit_a_screen(said: dict[str, str], checkout: Path) -> None:
    assert max(map(len, said["make experiments"].splitlines())) <= COLUMNS
    terminal = shell("dvc exp show --only-changed --no-pager", checkout, COLUMNS=str(COLUMNS))
    assert max(map(len, terminal.splitlines())) <= COLUMNS
    assert all(figure in terminal for figures in FIGURES.values() for figure in figures)
    assert len(said["dvc metrics diff"].splitlines()) <= LINES
    assert "val_label" in said["dvc metrics diff"]


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
