"""A clone of the repository with a small sample, in which `benchmarks.kills` starts and kills DVC."""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from src.commands.repro import SHORT
from src.common.errors import WorkError
from src.common.git import ask_git
from src.common.yaml_file import parse_yaml
from src.config.apply_params import replace_values
from src.workspace.repository import environment
from src.workspace.torn import set_torn_aside

SMALL: dict[str, int | float | str] = {
    **SHORT,
    "data.source": "sample",
    "sample.train_digits": 1000,
    "sample.test_digits": 300,
    "fill.mirrored_per_class": 10,
    "fill.composed_per_class": 10,
    "negatives.per_kind": 20,
    "network.features": 32,
    "pretrain.epochs": 4,
    "finetune.epochs": 6,
    "finetune.frozen_epochs": 1,
}
"""With these a run on the embedded sample takes two to three minutes with one thread, most of them Python's starts."""
_FIRST_GUESS = {"experiment": 60.0}
_GUESSED_SECONDS = 8.0
_TRIES = 5
_BUSY, _LAST = b"Unable to acquire lock", 2000
"""What DVC says where another of its processes sets something up, among the last bytes that were said."""


class Clone:
    """A repository of its own, and what was done in it."""

    def __init__(self, folder: Path, generator: random.Random) -> None:
        self.folder, self.generator = folder, generator
        self.kills: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.seconds = dict(_FIRST_GUESS)
        self.experiments: list[list[str]] = []
        self.torn = 0
        self._said = folder.parent / "said.txt"

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        """Start a command of DVC in a session of its own."""
        variables = {**environment(self.folder), "OMP_NUM_THREADS": "1", "DVC_NO_ANALYTICS": "1"}
        words = [sys.executable, "-m", "dvc", *command]
        with self._said.open("ab") as said:
            return subprocess.Popen(  # noqa: S603  # our own words
                words, cwd=self.folder, env=variables, stdout=said, stderr=said, start_new_session=True
            )

    def finish(self, *command: str, process: "subprocess.Popen[bytes] | None" = None) -> None:
        """Wait for the end of a command, which may be under way; give it again where DVC only says that it is busy.

        Raises:
            WorkError: It failed.
        """
        for _ in range(_TRIES):
            process = process or self.start(*command)
            if not process.wait():
                return
            process = None
            if _BUSY not in self._said.read_bytes()[-_LAST:]:
                break
        raise WorkError(f"dvc {' '.join(command)}: failed; see {self._said}")

    def kill(self, process: "subprocess.Popen[bytes]", name: str) -> bool:
        """Kill a command and all that it has started; return False where it had ended."""
        if process.poll() is not None:
            return False
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.kills[name] += 1
        return True

    def locked(self) -> dict[str, Any]:
        """Return what dvc.lock says of each stage, hashes of outputs among it; in what order, DVC leaves to chance."""
        document: Any = parse_yaml((self.folder / "dvc.lock").read_text(encoding="utf-8"))
        return dict(document["stages"])

    def mend(self) -> None:
        """Do what `pysar repro` does where DVC was killed while it wrote dvc.lock: all comes from the cache again."""
        set_torn_aside(self.folder)
        if not (self.folder / "dvc.lock").exists():
            self.torn += 1
            self.finish("repro")

    def moment(self, name: str) -> float:
        """Return how many seconds after its start something is to be killed."""
        return self.generator.uniform(0.0, 1.05) * self.seconds.get(name, _GUESSED_SECONDS)


def make_clone(folder: Path, generator: random.Random) -> Clone:
    """Clone HEAD, run it on a small sample, commit what came out, and measure how long each stage takes."""
    repository = folder / "pysar"
    git_in(Path.cwd(), "clone", "--quiet", ".", str(repository))
    params = repository / "params.yaml"
    params.write_text(replace_values(params.read_text("utf-8"), SMALL), "utf-8")
    clone = Clone(repository, generator)
    clone.finish("repro")
    git_in(repository, "add", "--all")
    git_in(repository, "-c", "user.name=kills", "-c", "user.email=kills@localhost", "commit", "--quiet", "-m", "Small")
    return clone


def git_in(folder: Path, *words: str) -> str:
    """Return what git says in a folder."""
    return ask_git(folder, *words).decode()
