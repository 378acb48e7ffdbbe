"""The commands of README and the how-to pages, on the sample, in a checkout where only `make repro` has run."""

import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.pipeline.conftest import lend_environment, shell
from tests.pipeline.documented_commands import README, all_commands, documented_commands

ELSEWHERE = {
    "make env-serve": "tests/test_makefile.py",
    ". .venv-serve/bin/activate": "the same",
    "make test": "this suite",
    "dvc exp run -S finetune.learning_rate=0.002": "tests/pipeline/test_sweep.py",
    "make lint types docs": ".ci/run",
    "make emnist": "tests/pipeline/test_emnist.py",
    "cd pipelines/emnist && dvc repro": "the same",
    "pysar release --task emnist-balanced": "wants `make emnist`; tests/commands/test_release.py",
    "make serve": "tests/commands/test_serve.py",
    "make ui": "tests/commands/test_ui.py",
    "curl ": "wants `make serve`",
    "make tune": "tests/models/test_tune.py",
    "pysar promote --rollback": "wants a second champion; tests/commands/test_promote.py",
    "pysar provenance champion --commands": "tests/config/test_overrides.py",
    "dvc remote ": "tests/services/test_s3_remote.py",
    "dvc push": "the same",
}
"""What runs too long, needs a network or a second command, and the tests that run it."""


@pytest.fixture(scope="module")
def checkout(reproduced: Path) -> Path:
    """A checkout in which the pipeline has run, and pictures lie about to be read."""
    for name in ("letters/a.png", "scan.png", "folders/а/1.png"):
        (reproduced / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (40, 40), 255).save(reproduced / name)
    lend_environment(reproduced, "/letters/", "/folders/", "/scan.png", "/answers.csv", "/out/")
    return reproduced


def test_documented_commands_work_in_their_order(checkout: Path) -> None:
    commands = all_commands()
    unknown = {start for start in ELSEWHERE if not any(command.startswith(start) for command in commands)}
    assert not unknown, "no page names these any more"
    for command in commands:
        if not command.startswith(tuple(ELSEWHERE)):
            shell(re.sub(r"^pysar promote \d+$", "pysar promote 1", command), checkout)


@pytest.mark.parametrize(
    "command", ["dvc checkout", "dvc metrics diff", "dvc params diff", "dvc plots diff", "dvc status"]
)
def test_dvc_s_commands_work_where_the_latin_pipeline_never_ran(checkout: Path, command: str) -> None:
    assert not (checkout / "data/emnist").exists()
    assert "evaluate_emnist@balanced" in (checkout / "pipelines/emnist/dvc.lock").read_text("utf-8")
    shell(command, checkout)


def test_dvc_pulls_what_one_machine_has_pushed(checkout: Path, tmp_path: Path) -> None:
    shell(f"dvc remote add --force --local --default here '{tmp_path}'", checkout)
    shell("dvc push", checkout)
    shutil.rmtree(checkout / ".dvc/cache")
    (checkout / "models/pysar.onnx").unlink()
    shell("dvc pull --force", checkout)
    assert (checkout / "models/pysar.onnx").is_file()


def test_every_block_is_read() -> None:
    assert documented_commands(README.read_text(encoding="utf-8"))[6:8] == ["make repro", "make test"]
    assert not [command for command in all_commands() if "  " in command or " #" in command]
