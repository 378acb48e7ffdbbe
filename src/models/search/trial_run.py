"""One trial of a study: networks are trained with the values to be tried, and scored on rows held back from them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import optuna
import pandas as pd
import torch
from torch import nn

from src.config.params import Params, StageName
from src.config.paths import PRETRAINED, SPLIT_TABLE
from src.data.splitting.partition_others import folds_of_others
from src.data.tables.table import SPLIT_SCHEMA, read_table
from src.models.rows.corpora import TABLES, hold_back, read_corpora, without
from src.models.rows.row_tensors import RowTensors, make_tensors
from src.models.rows.split_rows import rows_of
from src.models.training.device import Machine
from src.models.training.loop import DivergedError, Task, Trainer, epochs
from src.models.training.reading import FinetuneTask, ReadingTask
from src.models.training.start import pretrained_network, untrained_network

DIVERGED = 0.0
"""Score of values with which the network learns nothing: less than any other has."""
_REPORTS = 24
"""So often is a trial asked whether it should end; each time costs a database some milliseconds."""

logger = logging.getLogger(__name__)

OnEpoch = Callable[[dict[str, float]], None]


def inputs_of(stage: StageName, params: Params) -> list[Path]:
    """Return what a trial of a stage reads."""
    corpora = [TABLES[name] for name in params.pretrain.corpora]
    return corpora if stage == "pretrain" else [SPLIT_TABLE, *corpora, PRETRAINED]


class Part(NamedTuple):
    """Rows to learn from, the rows held back that score what was learned, and rows of old to be replayed."""

    train: RowTensors
    validation: RowTensors
    replayed: RowTensors | None = None


@dataclass(frozen=True)
class Stage:
    """A stage whose params are searched; it holds the rows, so that no trial reads them again."""

    name: StageName
    parts: tuple[Part, ...]
    device: torch.device

    def start(self, params: Params, part: Part) -> tuple[nn.Module, Task]:
        """Return a network and what it learns."""
        if self.name == "pretrain":
            task = ReadingTask(part.train, part.validation, params.pretrain)
            return untrained_network(params, self.device), task
        return pretrained_network(params, PRETRAINED, self.device), FinetuneTask(
            part.train, part.validation, params.finetune, part.replayed
        )


def score(values: dict[str, float]) -> float:
    """Return what a study makes as large as it can, of an epoch's figures: the mean accuracy of label and case."""
    return (values["val_label_accuracy"] + values["val_case_accuracy"]) / 2


def open_stage(name: StageName, params: Params, machine: Machine) -> Stage:
    """Read the rows of a stage and part them as `tune.<stage>.folds` says; none of them is a test row.

    Raises:
        InputError: A table is missing, or is not what it should be, or has too few rows.
    """
    search = params.search_of(name)
    old, held = hold_back(read_corpora(params.pretrain.corpora), params.pretrain)
    pairs = [(old, held)]
    if name == "finetune":
        frame = read_table(SPLIT_TABLE, SPLIT_SCHEMA)
        pairs = [(rows_of(frame, "train"), rows_of(frame, "val"))]
    if search.folds > 1:
        pool = pd.concat(pairs[0], ignore_index=True)
        held_back = folds_of_others(pool, search.folds, search.seed, f"tune.{name}.folds")
        pairs = [(pool[~fold], pool[fold]) for fold in held_back]
    parts = []
    for train, validation in pairs:
        learned, scored = (make_tensors(rows, machine.device) for rows in (train, validation))
        replayed = make_tensors(without(old, validation), machine.device) if name == "finetune" else None
        parts.append(Part(learned, scored, replayed))
    return Stage(name, tuple(parts), machine.device)


def try_values(stage: Stage, params: Params, machine: Machine, on_epoch: OnEpoch, trial: optuna.Trial) -> float:
    """Train as `run_trial` does for a study; values with which a training diverges end the trial, not the study.

    Raises:
        TrialPruned: Others were better at this point, or the training diverged.
    """
    try:
        return run_trial(stage, params, machine, on_epoch, trial)
    except DivergedError as error:
        logger.info("trial %d: %s", trial.number, error)
        raise optuna.TrialPruned from None


def run_trial(
    stage: Stage, params: Params, machine: Machine, on_epoch: OnEpoch, trial: optuna.Trial | None = None
) -> float:
    """Train with `params`, once for each part of the rows, and return the mean score of the chosen epochs.

    Args:
        stage: What is trained.
        params: With the values to be tried.
        machine: Where.
        on_epoch: Called with the figures of each epoch, `val_score` among them; a part's epochs are counted on from
            those of the part before.
        trial: Told the mean score of the parts so far, from time to time.

    Raises:
        TrialPruned: The trial says that others were better at this point.
        DivergedError: No epoch can be chosen with these values.
    """
    settings = params.training_of(stage.name)
    every = max(1, settings.epochs * len(stage.parts) // _REPORTS)
    scores: list[float] = []
    for part in stage.parts:
        network, task = stage.start(params, part)
        trainer = Trainer(network, task, settings, machine)
        for values in epochs(trainer):
            now = score(values)
            step = len(scores) * settings.epochs + len(trainer.result.history)
            on_epoch({**values, "epoch": step, "val_score": now})
            if trial is not None and step % every == 0:
                trial.report(mean([*scores, now]), step)
                if trial.should_prune():
                    raise optuna.TrialPruned
        scores.append(score(trainer.result.chosen))
    return mean(scores)
