"""Stage `train_emnist`: a network learns a variant of EMNIST, by the loop that Pysar's own learns by."""

import click
import pandas as pd

from src.common.command import Command
from src.data.tables.table import read_table, split_schema_of
from src.models.rows.row_tensors import make_tensors
from src.models.rows.split_rows import rows_of
from src.models.training.device import Machine
from src.models.training.distributed import joined_machine
from src.models.training.fit import Files, describe_rows, fit
from src.models.training.reading import SizedTask
from src.models.training.start import new_network
from src.tasks.emnist import VARIANTS, Variant
from src.tasks.emnist_params import EmnistParams, load_emnist_params


def train_emnist(frame: pd.DataFrame, variant: Variant, params: EmnistParams, machine: Machine) -> None:
    """Train on a variant's split table; write model, curves and details.

    Raises:
        InputError: The table has no training or no validation rows.
    """
    alphabet, device = variant.alphabet, machine.device
    train, validation = (rows_of(frame, split, variant.table) for split in ("train", "val"))
    learned, choosing = (make_tensors(rows, device, alphabet) for rows in (train, validation))
    task = SizedTask(learned, choosing, params.train, alphabet=alphabet)
    network = new_network(params.network, params.train.seed, device, alphabet)
    files = Files((variant.table,), variant.network, variant.curves, variant.curves.with_name("details.json"))
    described = describe_rows(train, validation)
    fit(f"train_emnist@{variant.name}", network, task, params.of_training, machine, files, described)


@click.command(cls=Command)
@click.argument("variant", type=click.Choice(list(VARIANTS)))
def main(variant: str) -> None:
    """Train a network on the rows of a VARIANT."""
    params, chosen = load_emnist_params(), VARIANTS[variant]
    frame = read_table(chosen.table, split_schema_of(chosen.alphabet))
    with joined_machine(params.compute) as machine:
        train_emnist(frame, chosen, params, machine)


if __name__ == "__main__":
    main()
