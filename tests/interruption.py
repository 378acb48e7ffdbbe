"""What goes wrong while an output is being made, and what then lies in its folder."""

import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


class InterruptionError(Exception):
    """Stand in for whatever goes wrong while an output is being made."""


def start_and_kill(script: str, path: Path) -> None:
    """Run a script until it has printed a line, then kill it."""
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
