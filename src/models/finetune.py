"""Stage `finetune`: the encoder learns letters and digits under a label head and a case head."""

from pathlib import Path

import click
import pandas as pd

from src.command import Command
from src.data.table import SPLIT_SAMPLES, read_table
from src.models.device import Machine, prepare_machine
from src.models.fit import Files, describe_rows, fit
from src.models.samples import make_samples
from src.models.two_headed_task import TABLE, TwoHeadedTask, new_network, rows_of
from src.params import Params, load_params

PRETRAINED = Path("models/pretrained.safetensors")
MODEL = Path("models/finetuned.safetensors")
CURVES = Path("reports/finetune/curves.csv")
METRICS = Path("reports/finetune/metrics.json")
FILES = Files((TABLE, PRETRAINED), MODEL, CURVES, METRICS)


def finetune(frame: pd.DataFrame, params: Params, machine: Machine) -> None:
    """Train on a split sample table; write model, curves and metrics.

    Raises:
        InputError: The table has no training or no validation rows.
    """
    train, validation = (rows_of(frame, split) for split in ("train", "val"))
    task = TwoHeadedTask(make_samples(train, machine.device), make_samples(validation, machine.device), params.finetune)
    network = new_network(params, PRETRAINED, machine.device)
    fit("finetune", network, task, params, machine, FILES, describe_rows(train, validation))


@click.command(cls=Command)
def main() -> None:
    """Fine-tune encoder and heads on letters and digits."""
    params = load_params()
    finetune(read_table(TABLE, SPLIT_SAMPLES), params, prepare_machine(params.compute))


if __name__ == "__main__":
    main()
