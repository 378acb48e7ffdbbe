"""What pretrain and finetune share: train with a checkpoint and a tracked run, then write curves and weights."""

import csv
import logging
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from torch import nn

from src.files import replace_file
from src.models.checkpoint import Checkpoint
from src.models.device import Machine
from src.models.loop import Result, Task, Trainer, train
from src.models.tracking import track
from src.params import Finetune, Pretrain

logger = logging.getLogger(__name__)


def fit(
    network: nn.Module,
    task: Task,
    settings: Pretrain | Finetune,
    machine: Machine,
    *,
    read: Mapping[str, Any],
    inputs: Iterable[Path],
    write: Callable[[Result], Iterable[Path]],
) -> None:
    """Train a network and write what came out of it.

    Args:
        network: On the machine's device; left with the chosen weights.
        task: What it learns.
        settings: Epochs, batch size, schedule; the name of its class is the name of the stage.
        machine: Where it learns.
        read: The sections of params.yaml that the stage reads, as plain values.
        inputs: The files that it reads; a checkpoint of other inputs is never resumed.
        write: Writes the outputs, once the network has the chosen weights, and returns their paths.
    """
    stage = type(settings).__name__.lower()
    inputs = list(inputs)
    checkpoint = Checkpoint(stage, read, inputs, machine.describe())
    trainer = Trainer(network, task, settings, machine)
    state = checkpoint.load()
    if state is not None:
        trainer.resume(state)
        logger.info("%s goes on after epoch %d of %d", stage, len(trainer.result.history), settings.epochs)
    with track(stage, run_id=state["run_id"] if state else None) as run:
        run.log_params(read)
        for path in inputs:
            run.log_dataset(path, path.stem, "training")

        def log_epoch(values: dict[str, float]) -> None:
            figures = {name: value for name, value in values.items() if name != "epoch"}
            run.log_metrics(figures, step=int(values["epoch"]))

        result = train(trainer, checkpoint, {"run_id": run.run_id}, log_epoch, stage)
        network.load_state_dict(result.weights)
        for path in write(result):
            run.log_artifact(path)
    checkpoint.remove()


def write_curves(history: list[dict[str, float]], path: Path) -> None:
    """Write one row an epoch, one column a figure."""
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(history[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(history)
