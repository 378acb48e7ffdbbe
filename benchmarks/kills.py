"""Kill the sample pipeline at random moments: `python -m benchmarks.kills FOLDER`, FOLDER being new.

The repository's HEAD is cloned there and run on the embedded sample, made small. Then stages are started by DVC and
killed, with all their processes and by SIGKILL, one to three times each before they may end; and experiments whose
fine-tuning is equal are started two at a time in temporary folders, and killed in the same way. At the end dvc.lock
must name the same bytes as before, equal experiments must have equal models, and each stage or experiment that ended
must have a run in MLflow with each of its epochs once.

Writes benchmarks/results/kills.json.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import click
from mlflow import MlflowClient
from mlflow.entities import Run

from src.commands.repro import SHORT
from src.common.command import Command
from src.common.errors import WorkError
from src.common.files import write_json
from src.common.git import ask_git
from src.common.yaml_file import parse_yaml
from src.config.apply_params import apply_values
from src.config.params import StageName, load_params
from src.config.paths import FINETUNED
from src.workspace.repository import environment, locked_md5
from src.workspace.torn import set_torn_aside

RESULT = Path("benchmarks/results/kills.json")

_SMALL: dict[str, int | float] = {
    **SHORT,
    "sample.train_digits": 1000,
    "sample.test_digits": 300,
    "fill.mirrored_per_class": 10,
    "fill.composed_per_class": 10,
    "negatives.per_kind": 20,
    "network.features": 32,
    "pretrain.epochs": 4,
    "finetune.epochs": 6,
}
_MOST_RUNS = 10_000
_MOST_IN_A_ROW = 3
_FIRST_GUESS = {"experiment": 60.0}
_GUESSED_SECONDS = 8.0
_ONE_PAIR_IN = 12
"""One of so many rounds runs two experiments at once, the others a stage."""


class Clone:
    """A repository of its own, and what was done in it."""

    def __init__(self, folder: Path, generator: random.Random) -> None:
        self.folder, self.generator = folder, generator
        self.kills: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()
        self.seconds = dict(_FIRST_GUESS)
        self.experiments: list[list[str]] = []
        self.torn = 0

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        """Start a command of DVC in a session of its own."""
        variables = {**environment(self.folder), "OMP_NUM_THREADS": "1", "DVC_NO_ANALYTICS": "1"}
        words = [sys.executable, "-m", "dvc", *command]
        with (self.folder.parent / "said.txt").open("ab") as said:
            return subprocess.Popen(  # noqa: S603  # our own words
                words, cwd=self.folder, env=variables, stdout=said, stderr=said, start_new_session=True
            )

    def finish(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait for the end of a command.

        Raises:
            WorkError: It failed.
        """
        if process.wait():
            raise WorkError(f"{process.args!r} ended with {process.returncode}; see {self.folder.parent}/said.txt")

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
            self.finish(self.start("repro"))

    def moment(self, name: str) -> float:
        """Return how many seconds after its start something is to be killed."""
        return self.generator.uniform(0.0, 1.05) * self.seconds.get(name, _GUESSED_SECONDS)


def kill_stage(clone: Clone, stage: str) -> None:
    """Kill a stage some times at random moments, then let it end."""
    command = ("repro", "--force", "--single-item", stage)
    for _ in range(clone.generator.randint(1, _MOST_IN_A_ROW)):
        process = clone.start(*command)
        _wait(process, clone.moment(stage))
        if not clone.kill(process, stage):
            clone.finish(process)
            clone.ended[stage] += 1
            return
    clone.mend()
    begun = time.monotonic()
    clone.finish(clone.start(*command))
    clone.seconds[stage] = time.monotonic() - begun
    clone.ended[stage] += 1


def kill_experiments(clone: Clone) -> None:
    """Run two experiments at once whose fine-tuning is equal; kill one or both at random moments, and repeat those."""
    number = clone.generator.getrandbits(24)  # names and seeds that DVC has not seen
    pair = [f"pair-{number}-{place}" for place in range(2)]
    bins = {name: 11 + place for place, name in enumerate(pair)}
    running = {name: clone.start(*_experiment(name, number, bins[name])) for name in pair}
    begun = time.monotonic()
    for name in clone.generator.sample(pair, clone.generator.randint(1, 2)):
        _wait(running[name], begun + clone.moment("experiment") - time.monotonic())
        if clone.kill(running[name], "experiment"):
            again = f"{name}-again"
            running[again] = clone.start(*_experiment(again, number, bins[name]))
            del running[name]
    for process in running.values():
        clone.finish(process)
        clone.ended["experiment"] += 1
    # DVC writes an experiment's params into the workspace first: killed there, it leaves them.
    _git(clone.folder, "checkout", "HEAD", "--", "params.yaml")
    clone.seconds["experiment"] = min(clone.seconds["experiment"], time.monotonic() - begun)
    clone.experiments.append(list(running))


def _experiment(name: str, seed: int, bins: int) -> tuple[str, ...]:
    changes = (f"finetune.seed={seed}", f"evaluate.calibration_bins={bins}")
    return ("exp", "run", "--temp", "--name", name, *(word for change in changes for word in ("-S", change)))


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    try:
        process.wait(max(0.0, seconds))
    except subprocess.TimeoutExpired:
        return


def make_clone(folder: Path, generator: random.Random) -> Clone:
    """Clone HEAD, run it on a small sample, commit what came out, and measure how long each stage takes."""
    repository = folder / "pysar"
    _git(Path.cwd(), "clone", "--quiet", ".", str(repository))
    apply_values(_SMALL, repository / "params.yaml")
    params = repository / "params.yaml"
    params.write_text(params.read_text("utf-8").replace("source: upstream", "source: sample"), "utf-8")
    clone = Clone(repository, generator)
    clone.finish(clone.start("repro"))
    _git(repository, "add", "--all")
    _git(repository, "-c", "user.name=kills", "-c", "user.email=kills@localhost", "commit", "--quiet", "-m", "Small")
    return clone


def _git(folder: Path, *words: str) -> str:
    return ask_git(folder, *words).decode()


def lost(clone: Clone) -> list[str]:
    """Say of each tracked run that should be there, or that has an epoch twice, what is wrong."""
    client = MlflowClient(f"sqlite:///{clone.folder}/mlflow.db")
    (experiment,) = client.search_experiments(filter_string="name = 'pysar'")
    runs = client.search_runs([experiment.experiment_id], max_results=_MOST_RUNS)
    params = load_params(clone.folder / "params.yaml")
    problems = []
    for stage in get_args(StageName):
        whole = list(range(1, params.training_of(stage).epochs + 1))
        own = [run for run in runs if run.data.tags.get("dvc.stage") == stage]
        for run in own:
            steps = sorted(point.step for point in client.get_metric_history(run.info.run_id, "val_loss"))
            if steps != (whole if run.info.status == "FINISHED" else whole[: len(steps)]):
                problems.append(f"{stage} {run.info.run_id}, {run.info.status}: epochs {steps}")
        ended = [run for run in own if run.info.status == "FINISHED"]
        alone = sum("dvc.exp_name" not in run.data.tags for run in ended)
        if alone < clone.ended[stage] + 1:
            problems.append(f"{stage}: {alone} finished runs of {clone.ended[stage] + 1}")
    return problems + _lost_experiments(clone, runs)


def _lost_experiments(clone: Clone, runs: Sequence[Run]) -> list[str]:
    """Say which experiments have no finished run, or another model than the one beside them."""
    problems = []
    found = {run.data.tags.get("dvc.exp_name") for run in runs if run.info.status == "FINISHED"}
    for pair in clone.experiments:
        problems += [f"{name}: no finished run" for name in pair if name not in found]
        models = {_finetuned(clone, name) for name in pair}
        if len(models) > 1:
            problems.append(f"{pair}: models {models}")
    return problems


def _finetuned(clone: Clone, name: str) -> str:
    """Return the MD5 of an experiment's fine-tuned network."""
    refs = _git(clone.folder, "for-each-ref", "--format=%(refname)", "refs/exps").split()
    (ref,) = [ref for ref in refs if ref.endswith(f"/{name}")]
    return locked_md5(_git(clone.folder, "show", f"{ref}:dvc.lock"), "finetune", FINETUNED)


def kill_all(clone: Clone, kills: int, seconds: float) -> None:
    """Kill stages and pairs of experiments until there were so many kills, or so many seconds are over.

    Raises:
        WorkError: What came out at last is not what the first run gave, or does not come out at all.
    """
    until = time.monotonic() + seconds
    whole = clone.locked()
    stages = list(whole)
    waiting: list[str] = []
    rounds = 0
    while clone.kills.total() < kills and time.monotonic() < until:
        rounds += 1
        if rounds % _ONE_PAIR_IN == _ONE_PAIR_IN // 2:
            kill_experiments(clone)
            continue
        waiting = waiting or clone.generator.sample(stages, len(stages))  # all of them before one comes again
        kill_stage(clone, stage := waiting.pop())
        if clone.locked() != whole:
            raise WorkError(f"{stage}: dvc.lock is another after {clone.kills.total()} kills; see {clone.folder}")


@click.command(cls=Command)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--kills", default=100, show_default=True, help="End after so many.")
@click.option("--seconds", default=3600.0, show_default=True, help="Or so long after the first run.")
@click.option("--seed", default=1, show_default=True)
def main(folder: Path, kills: int, seconds: float, seed: int) -> None:
    """Kill stages and experiments, and compare what came out at last."""
    folder.mkdir()
    clone = make_clone(folder.resolve(), random.Random(seed))  # noqa: S311  # of no secret
    kill_all(clone, kills, seconds)
    problems = lost(clone)
    figures = {"kills": clone.kills.total(), "seed": seed, "of": dict(sorted(clone.kills.items())),
               "pairs": len(clone.experiments), "torn_locks": clone.torn, "lost": problems}  # fmt: skip
    write_json(RESULT, figures)
    click.echo(f"{figures['kills']} kills, {len(clone.kills)} kinds, {figures['pairs']} pairs: same bytes; {problems}")
    if problems:
        raise WorkError(f"{len(problems)} runs are not as they should be; see {RESULT}")


if __name__ == "__main__":
    main()
