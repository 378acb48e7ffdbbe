"""Kill the sample pipeline at random moments: `python -m benchmarks.kills FOLDER`, FOLDER being new.

The repository's HEAD is cloned there and run on the embedded sample, made small. Then stages are started by DVC and
killed, with all their processes and by SIGKILL, one to three times each before they may end; and experiments whose
fine-tuning is equal are started two at a time in temporary folders, and killed in the same way. At the end dvc.lock
must name the same bytes as before, equal experiments must have equal models, and each stage or experiment that ended
must have a run in MLflow with each of its epochs once.

Writes benchmarks/results/kills.json.
"""

import random
import subprocess
import time
from pathlib import Path

import click

from benchmarks.killed_clone import Clone, git_in, make_clone
from benchmarks.lost_runs import lost
from src.common.command import Command
from src.common.errors import WorkError
from src.common.files import write_json

RESULT = Path("benchmarks/results/kills.json")
_MOST_IN_A_ROW = 3
_ONE_PAIR_IN = 12
"""One of so many rounds runs two experiments at once, the others a stage."""


def kill_stage(clone: Clone, stage: str) -> None:
    """Kill a stage some times at random moments, then let it end."""
    command = ("repro", "--force", "--single-item", stage)
    for _ in range(clone.generator.randint(1, _MOST_IN_A_ROW)):
        process = clone.start(*command)
        _wait(process, clone.moment(stage))
        if not clone.kill(process, stage):
            clone.finish(*command, process=process)
            clone.ended[stage] += 1
            return
    clone.mend()
    begun = time.monotonic()
    clone.finish(*command)
    clone.seconds[stage] = time.monotonic() - begun
    clone.ended[stage] += 1


def kill_experiments(clone: Clone) -> None:
    """Run two experiments at once whose fine-tuning is equal; kill one or both at random moments, and repeat those."""
    number = clone.generator.getrandbits(24)  # names and seeds that DVC has not seen
    pair = [f"pair-{number}-{place}" for place in range(2)]
    bins = {name: 11 + place for place, name in enumerate(pair)}
    commands = {name: _experiment(name, number, bins[name]) for name in pair}
    running = {name: clone.start(*commands[name]) for name in pair}
    begun = time.monotonic()
    for name in clone.generator.sample(pair, clone.generator.randint(1, 2)):
        _wait(running[name], begun + clone.moment("experiment") - time.monotonic())
        if clone.kill(running[name], "experiment"):
            again = f"{name}-again"
            commands[again] = _experiment(again, number, bins[name])
            running[again] = clone.start(*commands[again])
            del running[name]
    for name, process in running.items():
        clone.finish(*commands[name], process=process)
        clone.ended["experiment"] += 1
    # DVC writes an experiment's params into the workspace first: killed there, it leaves them.
    git_in(clone.folder, "checkout", "HEAD", "--", "params.yaml")
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
