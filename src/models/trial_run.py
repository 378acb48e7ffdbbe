"""One trial of a study: a network is trained with the values to be tried, and scored on validation rows."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import optuna
import torch
from torch import nn

from src.data.table import SPLIT_SAMPLES, read_table
from src.models.device import Machine
from src.models.digit_task import MNIST, DigitTask, new_digit_network, split_digits
from src.models.loop import Task, Trainer
from src.models.samples import Samples, make_samples
from src.models.two_headed_task import TABLE, TwoHeadedTask, new_network, rows_of
from src.params import Params

PRETRAINED = Path("models/pretrained.safetensors")
INPUTS = {"pretrain": (MNIST,), "finetune": (TABLE, PRETRAINED)}
"""What a trial of each stage reads."""

_REPORTS = 24
"""So often is a trial asked whether it should end; each time costs a database some milliseconds."""

OnEpoch = Callable[[dict[str, float]], None]


@dataclass(frozen=True)
class Stage(ABC):
    """A stage whose params are searched; it holds the rows, so that no trial reads them again."""

    train: Samples
    validation: Samples
    device: torch.device
    name: ClassVar[str]

    @abstractmethod
    def start(self, params: Params) -> tuple[nn.Module, Task]:
        """Return a network and what it learns."""

    @abstractmethod
    def score(self, values: dict[str, float]) -> float:
        """Return what a study makes as large as it can, of an epoch's figures: a share of validation rows."""


class PretrainStage(Stage):
    """An untrained network and ten digits, scored by accuracy."""

    name = "pretrain"

    def start(self, params: Params) -> tuple[nn.Module, Task]:
        """Return a network and what it learns."""
        return new_digit_network(params, self.device), DigitTask(self.train, self.validation, params.pretrain)

    def score(self, values: dict[str, float]) -> float:
        """Return the accuracy."""
        return values["val_accuracy"]


class FinetuneStage(Stage):
    """A pretrained encoder under untrained heads, scored by the mean of the accuracies of label and case."""

    name = "finetune"

    def start(self, params: Params) -> tuple[nn.Module, Task]:
        """Return a network and what it learns."""
        return new_network(params, PRETRAINED, self.device), TwoHeadedTask(self.train, self.validation, params.finetune)

    def score(self, values: dict[str, float]) -> float:
        """Return the mean of both accuracies."""
        return (values["val_label_accuracy"] + values["val_case_accuracy"]) / 2


def open_stage(name: str, params: Params, machine: Machine) -> Stage:
    """Read the rows of a stage, `pretrain` or `finetune`; none of them is a test row.

    Raises:
        InputError: A table is missing, or is not what it should be.
    """
    if name == "pretrain":
        train, validation = split_digits(read_table(MNIST), params.pretrain)
    else:
        frame = read_table(TABLE, SPLIT_SAMPLES)
        train, validation = rows_of(frame, "train"), rows_of(frame, "val")
    kind = PretrainStage if name == "pretrain" else FinetuneStage
    return kind(make_samples(train, machine.device), make_samples(validation, machine.device), machine.device)


def run_trial(
    stage: Stage, params: Params, machine: Machine, on_epoch: OnEpoch, trial: optuna.Trial | None = None
) -> float:
    """Train with `params` and return the score of the chosen epoch.

    Args:
        stage: What is trained.
        params: With the values to be tried.
        machine: Where.
        on_epoch: Called with the figures of each epoch, `val_score` among them.
        trial: Told the scores on the way, from time to time.

    Raises:
        TrialPruned: The trial says that others were better at this point.
    """
    network, task = stage.start(params)
    trainer = Trainer(network, task, params.pretrain if stage.name == "pretrain" else params.finetune, machine)
    epochs = trainer.settings.epochs
    for epoch in range(epochs):
        values = trainer.run_epoch(epoch, lambda _steps, _note: None)
        trainer.note(values)
        score = stage.score(values)
        on_epoch({**values, "val_score": score})
        if trial is not None and (epoch + 1) % max(1, epochs // _REPORTS) == 0:
            trial.report(score, epoch + 1)
            if trial.should_prune():
                raise optuna.TrialPruned
    return stage.score(trainer.result.chosen)
