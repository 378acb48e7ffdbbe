"""Stage `pretrain`: the encoder learns on MNIST's training file; its test file is read in `evaluate` only."""

from pathlib import Path

import click
import pandas as pd

from src.command import Command
from src.data.table import read_table
from src.models.device import Machine, prepare_machine
from src.models.digit_task import MNIST, DigitTask, new_digit_network, split_digits
from src.models.fit import Files, describe_rows, fit
from src.models.samples import make_samples
from src.params import Params, load_params

MODEL = Path("models/pretrained.safetensors")
CURVES = Path("reports/pretrain/curves.csv")
METRICS = Path("reports/pretrain/metrics.json")
FILES = Files((MNIST,), MODEL, CURVES, METRICS)


def pretrain(frame: pd.DataFrame, params: Params, machine: Machine) -> None:
    """Train on a sample table of digits; write model, curves and metrics.

    Raises:
        InputError: There are too few rows to hold some of each digit back.
    """
    train, validation = split_digits(frame, params.pretrain)
    task = DigitTask(make_samples(train, machine.device), make_samples(validation, machine.device), params.pretrain)
    network = new_digit_network(params, machine.device)
    fit("pretrain", network, task, params, machine, FILES, describe_rows(train, validation))


@click.command(cls=Command)
def main() -> None:
    """Pretrain the encoder on MNIST."""
    params = load_params()
    pretrain(read_table(MNIST), params, prepare_machine(params.compute))


if __name__ == "__main__":
    main()
