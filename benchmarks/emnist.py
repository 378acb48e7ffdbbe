"""Ours beside five published networks on the same rows of EMNIST: `python -m benchmarks.emnist VARIANT [NETWORK ...]`.

Run it on an otherwise idle machine. Each network is trained several times, each time with another seed, on the same
train rows and with the same limit of seconds: a published one until the loss on the validation rows has not fallen for
three epochs, ours for the epochs of its params, and once more for few, to tell what its lead owes to time. The
validation rows choose the epoch, the test rows are read once. Training is timed on the machine as it is, ours with the
normalisation of its pictures; prediction on one thread, from the raw picture on. Denormal numbers are flushed to zero
for all. The rows are those of pipelines/emnist, whose `prepare_emnist@VARIANT` must have run; with an internal split no
figure is one of NIST's own test rows.

Runs that are done are kept in reports/emnist_networks. Every kept run counts, so that naming a network with more runs
adds to what is there; once each network has one, all are written to benchmarks/results/emnist-VARIANT.json.
"""

import sys
from pathlib import Path

import click
import torch
from rich.console import Console

from benchmarks.emnist_bench import Bench
from benchmarks.emnist_learning import Budget
from benchmarks.emnist_published import PUBLISHED
from benchmarks.emnist_rows import read_parts
from benchmarks.emnist_summary import OURS, QUICK, results_table, summarise
from src.common.command import Command
from src.common.files import write_json
from src.models.training.device import prepare_machine
from src.tasks.emnist import VARIANTS, Variant
from src.tasks.emnist_params import load_emnist_params

RESULTS = Path("benchmarks/results")
PATIENCE = 3
"""Epochs without a lower loss, after which a published network has learned what it can."""
NAMES = (OURS, QUICK, *PUBLISHED)

_WIDTH = 230
"""Columns of the table where the terminal does not say; rich would take 80 and cut every number."""


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
    for seed in range(1, runs + 1):  # all networks within a seed: what slows the machine for an hour slows each
        for name in names or NAMES:
            bench.run(name, seed)
    kept = {name: each for name in NAMES if (each := bench.kept(name))}
    summary, words = summarise(kept), bench.words
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(results_table(summary, words, f"EMNIST {variant.name}, {mode} split"))
    if len(kept) == len(NAMES):
        networks = {name: {"words": words[name], **row} for name, row in summary.items()}
        write_json(RESULTS / f"{variant.task}.json", {**bench.describe(), "networks": networks})


if __name__ == "__main__":
    main()
