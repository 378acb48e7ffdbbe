"""One trial of a study: networks are trained with the values to be tried, and scored on rows held back from them."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import ClassVar, NamedTuple

import optuna
import pandas as pd
import torch
from torch import nn

from src.data.partition import folds
from src.data.table import SPLIT_SAMPLES, read_table
from src.models.device import Machine
from src.models.digit_task import MNIST, DigitTask, new_digit_network, split_digits
from src.models.loop import Task, Trainer
from src.models.samples import Samples, make_samples
from src.models.two_headed_task import TABLE, TwoHeadedTask, new_network, rows_of
from src.params import Params, StageName

PRETRAINED = Path("models/pretrained.safetensors")
INPUTS: dict[StageName, tuple[Path, ...]] = {"pretrain": (MNIST,), "finetune": (TABLE, PRETRAINED)}
"""What a trial of each stage reads."""

_REPORTS = 24
"""So often is a trial asked whether it should end; each time costs a database some milliseconds."""

OnEpoch = Callable[[dict[str, float]], None]


class Part(NamedTuple):
    """Rows to learn from, and the rows held back that score what was learned."""

    train: Samples
    validation: Samples


@dataclass(frozen=True)
class Stage(ABC):
    """A stage whose params are searched; it holds the rows, so that no trial reads them again."""

    parts: tuple[Part, ...]
    device: torch.device
    name: ClassVar[StageName]

    @abstractmethod
    def start(self, params: Params, part: Part) -> tuple[nn.Module, Task]:
        """Return a network and what it learns."""

    @abstractmethod
    def score(self, values: dict[str, float]) -> float:
        """Return what a study makes as large as it can, of an epoch's figures: a share of the rows held back."""


class PretrainStage(Stage):
    """An untrained network and ten digits, scored by accuracy."""

    name = "pretrain"

    def start(self, params: Params, part: Part) -> tuple[nn.Module, Task]:
        """Return a network and what it learns."""
        return new_digit_network(params, self.device), DigitTask(*part, params.pretrain)

    def score(self, values: dict[str, float]) -> float:
        """Return the accuracy."""
        return values["val_accuracy"]


class FinetuneStage(Stage):
    """A pretrained encoder under untrained heads, scored by the mean of the accuracies of label and case."""

    name = "finetune"

    def start(self, params: Params, part: Part) -> tuple[nn.Module, Task]:
        """Return a network and what it learns."""
        return new_network(params, PRETRAINED, self.device), TwoHeadedTask(*part, params.finetune)

    def score(self, values: dict[str, float]) -> float:
        """Return the mean of both accuracies."""
        return (values["val_label_accuracy"] + values["val_case_accuracy"]) / 2


def open_stage(name: StageName, params: Params, machine: Machine) -> Stage:
    """Read the rows of a stage and part them as `tune.<stage>.folds` says; none of them is a test row.

    Raises:
        InputError: A table is missing, or is not what it should be, or has too few rows.
    """
    search = params.search_of(name)
    if name == "pretrain":
        pairs = [split_digits(read_table(MNIST), params.pretrain)]
    else:
        frame = read_table(TABLE, SPLIT_SAMPLES)
        pairs = [(rows_of(frame, "train"), rows_of(frame, "val"))]
    if search.folds > 1:
        pool = pd.concat(pairs[0], ignore_index=True)
        held_back = folds(pool, search.folds, search.seed, f"tune.{name}.folds")
        pairs = [(pool[~fold], pool[fold]) for fold in held_back]
    parts = tuple(Part(*(make_samples(rows, machine.device) for rows in pair)) for pair in pairs)
    return (PretrainStage if name == "pretrain" else FinetuneStage)(parts, machine.device)


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
    """
    settings = params.training_of(stage.name)
    epochs = settings.epochs
    every = max(1, epochs * len(stage.parts) // _REPORTS)
    scores: list[float] = []
    for part in stage.parts:
        network, task = stage.start(params, part)
        trainer = Trainer(network, task, settings, machine)
        for epoch in range(epochs):
            values = trainer.run_epoch(epoch, lambda _steps, _note: None)
            trainer.note(values)
            score = stage.score(values)
            step = len(scores) * epochs + epoch + 1
            on_epoch({**values, "epoch": step, "val_score": score})
            if trial is not None and step % every == 0:
                trial.report(mean([*scores, score]), step)
                if trial.should_prune():
                    raise optuna.TrialPruned
        scores.append(stage.score(trainer.result.chosen))
    return mean(scores)
