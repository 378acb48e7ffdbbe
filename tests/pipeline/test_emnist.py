"""The pipeline of the Latin family on its printed sample, through DVC as people use it: in its own folder."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mlflow import MlflowClient
from ruamel.yaml import YAML

from src.tasks.emnist import VARIANTS
from tests.default_params import EMNIST_PARAMS
from tests.pipeline.conftest import copy_tree, environment

MERGED = VARIANTS["merged"]
Ask = Callable[..., str]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in which one variant has learned a little, of printed characters."""
    target = tmp_path_factory.mktemp("a clone of the Latin family") / "pysar"
    target.mkdir()
    copy_tree(target)
    params = target / "pipelines/emnist/params.yaml"
    document = YAML(typ="safe").load(EMNIST_PARAMS)
    document["data"]["source"], document["sample"]["per_class"] = "sample", 20
    document["train"] |= {"epochs": 8, "ema_decay": 0.9}
    params.write_text(json.dumps(document), encoding="utf-8")
    ask(target / "pipelines/emnist", "dvc", "repro", "evaluate_emnist@merged")
    return target


def ask(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_a_variant_is_read_better_than_by_chance_and_the_figures_say_of_what(root: Path) -> None:
    metrics = json.loads((root / MERGED.reports / "evaluate/details.json").read_text("utf-8"))
    assert (metrics["corpus"], metrics["split_mode"]) == ("sample", "internal")
    assert metrics["label"]["low"] > 0.3
    report = (root / MERGED.reports / "evaluate/report.md").read_text("utf-8")
    assert "internal split" in report
    assert "Embedded sample" in report


def test_a_second_repro_does_nothing(root: Path) -> None:
    said = ask(root / "pipelines/emnist", "dvc", "repro", "evaluate_emnist@merged")
    assert "Running stage" not in said
    assert "up to date" in said


def test_its_model_reads_pictures_where_it_is_asked_for(root: Path) -> None:
    (root / "shown").mkdir()
    script = (
        "import numpy as np; from PIL import Image; from src.data.sample.printed_emnist import print_character\n"
        "for n in range(20):\n"
        "    Image.fromarray(255 - print_character('B', np.random.default_rng(n))).save(f'shown/{n}.png')"
    )
    ask(root, sys.executable, "-c", script)
    command = (
        sys.executable,
        "-m",
        "src.commands.cli",
        "predict",
        "shown",
        "--task",
        "emnist-merged",
        "--format",
        "ascii",
    )
    codes = [line.split(",")[0] for line in ask(root, *command).splitlines()]
    assert len(codes) == 20
    assert codes.count(str(ord("B"))) > 5


def test_its_runs_are_found_in_mlflow_with_the_hashes_of_its_own_lock(root: Path) -> None:
    client = MlflowClient(f"sqlite:///{root}/mlflow.db")
    experiments = [experiment.experiment_id for experiment in client.search_experiments()]
    (found,) = client.search_runs(experiments, "tags.`dvc.stage` = 'evaluate_emnist@merged'")
    lock = YAML(typ="safe").load(root / "pipelines/emnist/dvc.lock")["stages"]["evaluate_emnist@merged"]
    hashes = {f"dvc.dep.{dep['path']}": dep["md5"] for dep in lock["deps"] if dep["path"].startswith("data/")}
    assert {name: found.data.tags.get(name) for name in hashes} == hashes
    (version,) = client.search_model_versions("name = 'emnist-merged'")
    assert version.tags["alphabet"] == MERGED.alphabet.labels
