"""A whole run on the embedded sample, through DVC as people use it."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from src.common.digests import file_digest
from tests.pipeline.conftest import Run, run_in

MODEL = "models/finetuned.safetensors"


def test_the_pipeline_reads_the_sample_well_and_says_that_it_is_the_sample(reproduced: Path) -> None:
    metrics = json.loads((reproduced / "reports/evaluate/details.json").read_text(encoding="utf-8"))
    assert metrics["corpus"] == "sample"
    assert metrics["label"]["value"] > 0.85
    assert metrics["label"]["low"] < metrics["label"]["value"] < metrics["label"]["high"]
    assert "sample" in (reproduced / "reports/evaluate/report.md").read_text(encoding="utf-8")


def test_a_second_repro_does_nothing(reproduced: Path, run: Run) -> None:
    before = (reproduced / "dvc.lock").read_bytes()
    said = run("dvc", "repro").stdout
    assert "Running stage" not in said
    assert "up to date" in said
    assert (reproduced / "dvc.lock").read_bytes() == before


def test_the_results_table_says_that_it_is_the_sample(reproduced: Path, run: Run) -> None:
    said = run(sys.executable, "-m", "src.commands.cli", "results").stdout
    assert "EMBEDDED SAMPLE" in said
    assert "95 %" in said


@pytest.mark.parametrize("command", [["dag"], ["metrics", "show"], ["params", "diff"], ["plots", "show"], ["status"]])
def test_dvc_s_commands_work(reproduced: Path, run: Run, command: list[str]) -> None:
    run("dvc", *command)


def test_the_same_revision_gives_the_same_bytes_in_a_folder_with_cyrillic_letters(
    reproduced: Path, tmp_path: Path
) -> None:
    moved = tmp_path / "мій писар"
    shutil.copytree(reproduced, moved, symlinks=True)
    before = YAML(typ="safe").load(moved / "dvc.lock")
    for command in (["dvc", "status"], ["dvc", "repro", "--force"]):
        run_in(moved, *command)
    assert YAML(typ="safe").load(moved / "dvc.lock") == before


def test_a_misspelled_key_is_named_and_nothing_is_written(reproduced: Path, run: Run) -> None:
    params = reproduced / "params.yaml"
    kept = params.read_text(encoding="utf-8")
    params.write_text(kept.replace("learning_rate:", "learning_rat:", 1), encoding="utf-8")  # of the first training
    before = file_digest(reproduced / MODEL)
    try:
        done = run(sys.executable, "-m", "src.models.pretrain", check=False)
    finally:
        params.write_text(kept, encoding="utf-8")
    assert done.returncode == 2
    assert "pretrain.learning_rat" in done.stderr
    assert "Traceback" not in done.stderr
    assert file_digest(reproduced / MODEL) == before
