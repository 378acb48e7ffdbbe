"""What a program may rely on: the service does what /openapi.json says, whatever it is sent."""

import subprocess
import sys
from pathlib import Path

from benchmarks.service import ROOT, running_service
from src.prediction.model_file import RELEASED

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def test_each_operation_does_what_its_description_says(latin: Path) -> None:
    """With models of three tasks: no 5xx; statuses, types and shapes of answers as described.

    What is described as wrong is refused.
    """
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "--no-color", "run"]
    with running_service(latin, ["--model", str(RELEASED)]) as service:
        done = subprocess.run(
            [*command, f"{service.address}/openapi.json"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "7 selected / 7 total" in done.stdout
        assert "Traceback" not in service.log.read_text("utf-8")
