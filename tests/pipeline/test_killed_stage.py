"""A training that was killed goes on, to the same bytes."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from src.common.digests import file_digest
from tests.pipeline.conftest import Run, environment


@pytest.mark.parametrize(("stage", "output"), [("pretrain", "pretrained"), ("finetune", "finetuned")])
def test_a_killed_stage_goes_on_to_the_same_bytes(reproduced: Path, run: Run, stage: str, output: str) -> None:
    model = reproduced / f"models/{output}.safetensors"
    wanted = file_digest(model)
    model.unlink()
    command = [sys.executable, "-m", f"src.models.{stage}"]
    process = subprocess.Popen(command, cwd=reproduced, env=environment(), stderr=subprocess.DEVNULL)
    checkpoints = reproduced / ".pysar" / "checkpoints"
    until = time.monotonic() + 120
    while not list(checkpoints.glob(f"{stage}-*.pt")):
        assert process.poll() is None, "the stage ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not model.exists()
    said = run(*command).stderr
    assert f"{stage} goes on after epoch" in " ".join(said.split())
    assert file_digest(model) == wanted
    assert not list(checkpoints.glob(f"{stage}-*.pt"))
