"""Stage `pretrain`: the network learns on the large corpora; MNIST's test file is read in `evaluate` only."""

import click
import pandas as pd

from src.common.command import Command
from src.config.params import Params, load_params
from src.config.paths import PRETRAINED, curves_of, details_of
from src.models.rows.corpora import TABLES, hold_back, read_corpora
from src.models.rows.row_tensors import make_tensors
from src.models.training.device import Machine
from src.models.training.distributed import joined_machine
from src.models.training.fit import Files, describe_rows, fit
from src.models.training.reading import ReadingTask
from src.models.training.start import untrained_network

CURVES = curves_of("pretrain")
DETAILS = details_of("pretrain")


def pretrain(frame: pd.DataFrame, params: Params, machine: Machine) -> None:
    """Train on the rows of the large corpora; write model, curves and details.

    Raises:
        InputError: There are too few rows to hold some of each label and case back.
    """
    train, validation = hold_back(frame, params.pretrain)
    task = ReadingTask(make_tensors(train, machine.device), make_tensors(validation, machine.device), params.pretrain)
    network = untrained_network(params, machine.device)
    files = Files(tuple(TABLES[name] for name in params.pretrain.corpora), PRETRAINED, CURVES, DETAILS)
    fit("pretrain", network, task, params.of_stage("pretrain"), machine, files, describe_rows(train, validation))


@click.command(cls=Command)
def main() -> None:
    """Pretrain the network on the corpora of `pretrain.corpora`."""
    params = load_params()
    with joined_machine(params.compute) as machine:
        pretrain(read_corpora(params.pretrain.corpora), params, machine)


if __name__ == "__main__":
    main()
