"""What pretrain and finetune share: train with a checkpoint and a tracked run, then write curves and weights."""

import csv
import logging
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from src.common.files import replace_file, write_json
from src.config.sections import StageParams
from src.models.network.network import Network
from src.models.network.weights import save_network
from src.models.training.device import Machine
from src.models.training.distributed import check_equal, of_first
from src.models.training.loop import DivergedError, Result, Task, Trainer, follow, train
from src.models.training.saved_state import fault_of
from src.tracking.description import figures_list
from src.tracking.tracking import TrackedRun, track
from src.workspace.checkpoint import Checkpoint

logger = logging.getLogger(__name__)


class Files(NamedTuple):
    """What a training stage reads (a checkpoint of other inputs is never resumed) and what it writes."""

    inputs: tuple[Path, ...]
    model: Path
    curves: Path
    details: Path


def describe_rows(train: pd.DataFrame, validation: pd.DataFrame) -> dict[str, Any]:
    """Return what the details say of the rows that a network has learned from."""
    return {"train_rows": len(train), "val_rows": len(validation), "sources": sorted(set(train["source"]))}


def fit(
    stage: str,
    network: Network,
    task: Task,
    params: StageParams,
    machine: Machine,
    files: Files,
    described: Mapping[str, Any],
) -> None:
    """Train a network and write what came out of it; of several processes the first writes.

    Args:
        stage: Name of the stage.
        network: On the machine's device; left with the chosen weights.
        task: What it learns.
        params: How it learns, and all that the stage reads.
        machine: Where it learns.
        files: What is read and written.
        described: Written to the details as it is.

    Raises:
        DivergedError: The loss is no finite number any more; no checkpoint is left.
    """
    settings, read = params
    checkpoint = Checkpoint(stage, read, list(files.inputs), of_first(machine.describe(), machine))
    check_equal(checkpoint.key, machine)
    trainer = Trainer(network, task, settings, machine)
    first = machine.rank == 0
    with checkpoint.claimed() if first else nullcontext():
        state = of_first(checkpoint.load() if first else None, machine)
        fault = None if state is None else fault_of(state, trainer)
        if fault is not None:
            state = None
            if first:
                checkpoint.set_aside(fault)
        if state is not None:
            trainer.resume(state)
            logger.info("%s goes on after epoch %d of %d", stage, len(trainer.result.history), settings.epochs)
        if not first:
            follow(trainer)
            return
        with track(stage, run_id=state["run_id"] if state else None) as run:
            run.log_params(read)
            for path in files.inputs:
                run.log_dataset(path, path.stem, "training")
            run.log_curve(trainer.result.history)  # a kill came before the last of it, or the run is another's
            result = _train_tracked(trainer, checkpoint, run, stage)
            network.load_state_dict(result.weights)
            write_curves(result.history, files.curves)
            write_json(files.details, {**result.chosen, **described})
            save_network(network, network.settings, files.model)
            for path in (files.curves, files.details, files.model):
                run.log_artifact(path)
            run.describe(figures_list(result.chosen))
        checkpoint.remove()


def _train_tracked(trainer: Trainer, checkpoint: Checkpoint, run: TrackedRun, stage: str) -> Result:
    def log_epoch(values: dict[str, float]) -> None:
        figures = {name: value for name, value in values.items() if name != "epoch"}
        run.log_metrics(figures, step=int(values["epoch"]))

    try:
        return train(trainer, checkpoint, lambda: {"run_id": run.run_id}, log_epoch, stage)
    except DivergedError:
        checkpoint.remove()  # it would only diverge again
        raise


def write_curves(history: list[dict[str, float]], path: Path) -> None:
    """Write one row an epoch, one column a figure."""
    with replace_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(history[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(history)
