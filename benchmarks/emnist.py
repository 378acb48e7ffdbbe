"""Ours beside five published networks on the same rows of EMNIST: `python -m benchmarks.emnist VARIANT [NETWORK ...]`.

Run it on an otherwise idle machine. Each network is trained several times, each time with another seed, on the same
train rows and with the same limit of seconds: a published one until the loss on the validation rows has not fallen for
three epochs, ours for the epochs of its params. The validation rows choose the epoch, the test rows are read once.
Training is timed on the machine as it is, ours with the normalisation of its pictures; prediction on one thread, from
the raw picture on. Denormal numbers are flushed to zero for all. All rows are of the one official part that can be had
of EMNIST ByClass and split here, so no figure is one of NIST's own test rows.

Runs that are done are kept in reports/emnist_networks; writes benchmarks/results/emnist-VARIANT.json.
"""

import json
import logging
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import torch
from pydantic import ValidationError
from rich.console import Console

from benchmarks.emnist_learning import Budget, Learned, learn_published
from benchmarks.emnist_ours import learn_ours
from benchmarks.emnist_published import PUBLISHED
from benchmarks.emnist_rows import VARIANTS, Parts, Rows, part, read_variant
from benchmarks.emnist_speed import time_reader
from benchmarks.emnist_summary import OURS, Run, results_table, summarise
from src.command import Command
from src.errors import InputError
from src.files import write_json
from src.models.device import Machine, prepare_machine
from src.params import PARAMS_FILE, Params, load_params

RAW = Path("data/raw/emnist")
KEPT = Path("reports/emnist_networks")
RESULTS = Path("benchmarks/results")
TASK_PARAMS = Path("pipelines/emnist/params.yaml")
PATIENCE = 3
"""Epochs without a lower loss, after which a published network has learned what it can."""
WORDS = {OURS: "ours", **{name: published.words for name, published in PUBLISHED.items()}}

_WIDTH = 180
"""Columns of the table where the terminal does not say; rich would take 80 and cut every number."""

logger = logging.getLogger(__name__)


@click.command(cls=Command)
@click.argument("variant", type=click.Choice(list(VARIANTS)))
@click.argument("names", nargs=-1, type=click.Choice(list(WORDS)))
@click.option("--runs", default=5, show_default=True, type=click.IntRange(min=1), help="Trainings of each network.")
@click.option("--seconds", default=1800.0, show_default=True, type=click.FloatRange(min=0), help="Limit of each.")
@click.option("--params", "path", type=click.Path(path_type=Path), help=f"{TASK_PARAMS}, or {PARAMS_FILE} without it.")
@click.option("--set", "values", multiple=True, metavar="NAME=NUMBER", help="Change params: pretrain.epochs=12.")
@click.option("--at-most", type=click.IntRange(min=1), help="Rows of each class, to try it out; writes no result.")
def main(
    variant: str,
    names: tuple[str, ...],
    runs: int,
    seconds: float,
    path: Path | None,
    values: tuple[str, ...],
    at_most: int | None,
) -> None:
    """Train what is not kept yet, print the table, write it."""
    torch.set_flush_denormal(True)
    params = choose_params(path, values)
    machine = prepare_machine(params.compute)
    parts = part(read_variant(RAW, variant, params.split.seed, at_most), VARIANTS[variant], params.split)
    folder = KEPT / (variant if at_most is None else f"{variant}-{at_most}")
    bench = Bench(variant, parts, params, Budget(seconds, PATIENCE), machine, folder)
    kept: dict[str, list[Run]] = {name: [] for name in WORDS if name in (names or WORDS)}
    for seed in range(1, runs + 1):  # all networks within a seed: what slows the machine for an hour slows each
        for name, done in kept.items():
            done.append(bench.run(name, seed))
    summary = summarise(kept)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(results_table(summary, WORDS, f"EMNIST {variant}, internal split, {runs} runs"))
    if at_most is None and len(kept) == len(WORDS):
        write_json(RESULTS / f"emnist-{variant}.json", {**bench.describe(), "networks": summary})


def choose_params(path: Path | None, values: Sequence[str]) -> Params:
    """Read the params that ours is trained with, and change the numbers that are given.

    Raises:
        InputError: The file cannot be used, or there is no such number, or it is out of range.
    """
    if path is None:
        path = TASK_PARAMS if TASK_PARAMS.is_file() else PARAMS_FILE
    params = load_params(path)
    for value in values:
        name, _, number = value.partition("=")
        try:
            params = params.with_values({name: float(number)})
        except KeyError:
            raise InputError(f"--set {value}: {path} has no number {name}; correct its spelling") from None
        except ValidationError as error:
            raise InputError(f"--set {value}: {error.errors()[0]['msg']}") from None
        except ValueError:
            raise InputError(f"--set {value}: {number or 'nothing'} is no number; give NAME=NUMBER") from None
    return params


class Bench(NamedTuple):
    """The rows of a variant, what every network may use to learn them, and the folder where runs are kept."""

    variant: str
    parts: Parts
    params: Params
    budget: Budget
    machine: Machine
    kept: Path

    def describe(self) -> dict[str, Any]:
        """Return what the result is of."""
        return {
            "variant": self.variant,
            "split": "internal",
            "rows": self.parts.describe(),
            "budget": self.budget._asdict(),
            "machine": f"{self.machine.describe()}, {platform.machine()}",
            "params": self.params.model_dump(include={"network", "pretrain", "split"}),
            "recipes": {name: published.recipe._asdict() for name, published in PUBLISHED.items()},
        }

    def run(self, name: str, seed: int) -> Run:
        """Return a run that is kept and was made with the same rows, budget, machine and recipe; or train, and keep."""
        path = self.kept / f"{name}-{seed}.json"
        given = self._given(name)
        if path.is_file():
            document = json.loads(path.read_text("utf-8"))
            if document["given"] == given:
                return Run(**document["run"])
        logger.info("training %s, seed %d", WORDS[name], seed)
        run = measure(self._learn(name, seed), seed, self.parts.test)
        write_json(path, {"given": given, "run": run._asdict()})
        logger.info("%s, seed %d: %.2f %%, %.0f s", WORDS[name], seed, 100 * run.right.mean(), run.seconds)
        return run

    def _given(self, name: str) -> dict[str, Any]:
        """Return what changes a run of this network."""
        described = self.describe()
        params, recipes = described.pop("params"), described.pop("recipes")
        return {**described, "recipe": params if name == OURS else recipes[name]}

    def _learn(self, name: str, seed: int) -> Learned:
        labels = VARIANTS[self.variant]
        if name == OURS:
            return learn_ours(labels, self.parts, self.params, self.budget, seed, self.machine)
        return learn_published(PUBLISHED[name], len(labels), self.parts, self.budget, seed, self.machine)


def measure(learned: Learned, seed: int, test: Rows) -> Run:
    """Read the test rows, and time the reading."""
    wrong = np.flatnonzero(learned.read(test.images) != test.label)
    speed = time_reader(learned.read, test.images)
    return Run(
        seed=seed,
        numbers=learned.numbers,
        seconds=round(learned.history[-1].seconds, 2),
        seconds_to_chosen=round(learned.history[learned.chosen - 1].seconds, 2),
        epochs=len(learned.history),
        chosen=learned.chosen,
        milliseconds=round(speed.milliseconds, 4),
        pictures_a_second=round(speed.pictures_a_second, 1),
        rows=len(test.label),
        wrong=wrong.tolist(),
        history=[[round(value, 5) for value in epoch] for epoch in learned.history],
    )


if __name__ == "__main__":
    main()
