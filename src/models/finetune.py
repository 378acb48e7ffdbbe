"""Stage `finetune`: the pretrained network learns letters whose size is known, and does not forget the others."""

import click
import pandas as pd

from src.common.command import Command
from src.config.params import Params, load_params
from src.config.paths import FINETUNED, PRETRAINED, SPLIT_TABLE, curves_of, details_of
from src.data.tables.table import SPLIT_SCHEMA, read_table
from src.models.rows.corpora import TABLES, hold_back, read_corpora, without
from src.models.rows.row_tensors import make_tensors
from src.models.rows.split_rows import rows_of
from src.models.training.device import Machine
from src.models.training.distributed import joined_machine
from src.models.training.fit import Files, describe_rows, fit
from src.models.training.reading import FinetuneTask
from src.models.training.start import pretrained_network

CURVES = curves_of("finetune")
DETAILS = details_of("finetune")


def finetune(frame: pd.DataFrame, old: pd.DataFrame, params: Params, machine: Machine) -> None:
    """Train on a split sample table; write model, curves and details.

    Args:
        frame: The split table.
        old: Rows of the large corpora, of which some are replayed.
        params: All params.
        machine: Where it learns.

    Raises:
        InputError: The table has no training or no validation rows.
    """
    train, validation = (rows_of(frame, split) for split in ("train", "val"))
    task = FinetuneTask(
        make_tensors(train, machine.device),
        make_tensors(validation, machine.device),
        params.finetune,
        make_tensors(without(old, validation), machine.device),
    )
    network = pretrained_network(params, PRETRAINED, machine.device)
    read = (SPLIT_TABLE, *(TABLES[name] for name in params.pretrain.corpora), PRETRAINED)
    files = Files(read, FINETUNED, CURVES, DETAILS)
    fit("finetune", network, task, params.of_stage("finetune"), machine, files, describe_rows(train, validation))


@click.command(cls=Command)
def main() -> None:
    """Fine-tune the pretrained network on the letters and digits of the split table."""
    params = load_params()
    with joined_machine(params.compute) as machine:
        old, _ = hold_back(read_corpora(params.pretrain.corpora), params.pretrain)
        finetune(read_table(SPLIT_TABLE, SPLIT_SCHEMA), old, params, machine)


if __name__ == "__main__":
    main()
