"""The training loop: read it from top to bottom.

AdamW under a one-cycle schedule, an exponential moving average of weights and buffers, augmentation on the device.
The epoch is chosen by the loss on validation rows, which are not augmented, with the averaged weights. It is the loss
that is trained, smoothing of labels included: without, it would rise while the network still gets better. After each
epoch everything the next one depends on goes into the checkpoint; a training that diverges ends. In several processes
(`distributed`) all do the same, but that each computes its own rows of a batch; one of them saves.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from src.common.errors import InputError
from src.common.progress import progress_bar
from src.config.sections import Training
from src.models.rows.row_tensors import RowTensors
from src.models.training.device import Machine
from src.models.training.whole_batch import learning_together, reading_together
from src.workspace.checkpoint import Checkpoint

_WARM_UP = 0.25
"""Share of all steps in which the learning rate rises."""
_LEAST_STEPS = 5
"""OneCycleLR divides by zero where the rise is one step of four."""


class DivergedError(InputError):
    """The loss is no finite number any more, nor will it be: no weights can be chosen."""


class Task(Protocol):
    """What is learned: it holds its rows and knows how to score a network on them."""

    @property
    def train(self) -> RowTensors:
        """The rows to learn from."""

    def loss(self, network: nn.Module, rows: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of the network on these training rows, augmented: a scalar."""

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Return `val_loss` and other figures of the network on the validation rows, as they are."""

    def set_trainable(self, network: nn.Module, epoch: int) -> None:
        """Put the network into training mode, with those parts frozen that do not learn in this epoch."""


@dataclass
class Result:
    """What training gave: the chosen weights, and one row of figures for each epoch."""

    weights: dict[str, Tensor]
    epoch: int
    history: list[dict[str, float]]

    @property
    def chosen(self) -> dict[str, float]:
        """The figures of the chosen epoch."""
        return self.history[self.epoch - 1]


class Trainer:
    """Everything that changes while a network learns."""

    def __init__(self, network: nn.Module, task: Task, settings: Training, machine: Machine) -> None:
        self.network, self.task, self.settings, self.machine = network, task, settings, machine
        self.rows = len(task.train.label)
        self.batches = max(1, self.rows // settings.batch_size)
        self.optimizer = torch.optim.AdamW(network.parameters(), settings.learning_rate,
                                           weight_decay=settings.weight_decay, fused=True)  # fmt: skip
        steps = max(_LEAST_STEPS, self.batches * settings.epochs)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, settings.learning_rate, total_steps=steps, pct_start=_WARM_UP
        )
        self.average = AveragedModel(network, multi_avg_fn=_warmed_average(settings.ema_decay), use_buffers=True)
        self.generator = torch.Generator(machine.device).manual_seed(settings.seed)
        self.result = Result({}, 0, [])

    def run_epoch(self, epoch: int, advance: Callable[[int, str], None]) -> dict[str, float]:
        """Learn from every training row once; return the epoch's figures.

        Raises:
            DivergedError: The loss, of training or validation, is no finite number.
        """
        self.task.set_trainable(self.network, epoch)
        learner = learning_together(self.network, self.machine)
        order = torch.randperm(self.rows, generator=self.generator, device=self.machine.device)
        total = torch.zeros((), device=self.machine.device)
        for rows in order.split(self.settings.batch_size)[: self.batches]:
            with self.machine.autocast():
                loss = self.task.loss(learner, rows, self.generator)
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.schedule.step()
            self.average.update_parameters(self.network)
            total += loss.detach()
            advance(1, "")
        self.average.eval()
        with torch.no_grad():
            values = self.task.validate(reading_together(self.average.module, self.machine))
        figures = {"epoch": epoch + 1, "train_loss": total.item() / self.batches, **values}
        self._check_finite(figures)
        return figures

    def note(self, values: dict[str, float]) -> None:
        """Add an epoch's figures to the history, and keep its weights if no epoch was better."""
        best = min((row["val_loss"] for row in self.result.history), default=math.inf)
        self.result.history.append(values)
        if values["val_loss"] < best:
            self.result.epoch = int(values["epoch"])
            self.result.weights = {k: v.detach().cpu().clone() for k, v in self.average.module.state_dict().items()}

    def state(self) -> dict[str, Any]:
        """Return all that the next epoch depends on."""
        return {
            **{name: part.state_dict() for name, part in self._parts().items()},
            "generator": self.generator.get_state(),
            "torch_generator": torch.get_rng_state(),
            "cuda_generator": torch.cuda.get_rng_state() if self.machine.device.type == "cuda" else None,
            "weights": self.result.weights,
            "epoch": self.result.epoch,
            "history": self.result.history,
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go back to where `state` was taken."""
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.generator.set_state(state["generator"])
        torch.set_rng_state(state["torch_generator"])
        if state["cuda_generator"] is not None:
            torch.cuda.set_rng_state(state["cuda_generator"])
        self.result = Result(state["weights"], state["epoch"], state["history"])

    def _check_finite(self, figures: dict[str, float]) -> None:
        lost = [f"{name} {figures[name]}" for name in ("train_loss", "val_loss") if not math.isfinite(figures[name])]
        if lost:
            raise DivergedError(
                f"the training diverged; lower {self.settings.section}.learning_rate in {self.settings.file} "
                f"(now {self.settings.learning_rate:g}; epoch {figures['epoch']}: {', '.join(lost)})"
            )

    def _parts(self) -> dict[str, Any]:
        return {
            "network": self.network, "average": self.average, "optimizer": self.optimizer, "schedule": self.schedule
        }  # fmt: skip


def epochs(
    trainer: Trainer, advance: Callable[[int, str], None] = lambda _steps, _note: None
) -> Iterator[dict[str, float]]:
    """Run the epochs that are left, and yield the figures of each; `trainer.result` has the best so far.

    Args:
        trainer: Fresh, or resumed; whoever asks for no more epochs ends the training.
        advance: Called after each batch.

    Raises:
        DivergedError: The loss is no finite number any more.
    """
    for epoch in range(len(trainer.result.history), trainer.settings.epochs):
        values = trainer.run_epoch(epoch, advance)
        trainer.note(values)
        yield values


def learn(trainer: Trainer) -> None:
    """Run the epochs that are left, without a checkpoint; the network is left with the chosen weights, not learning.

    Raises:
        DivergedError: The loss is no finite number any more.
    """
    for _ in epochs(trainer):
        pass
    trainer.network.load_state_dict(trainer.result.weights)
    trainer.network.eval()


def train(
    trainer: Trainer,
    checkpoint: Checkpoint,
    extra: Callable[[], dict[str, Any]],
    on_epoch: Callable[[dict[str, float]], None],
    name: str,
) -> Result:
    """Run the epochs that are left, saving a checkpoint after each.

    Args:
        trainer: Fresh, or resumed.
        checkpoint: Where to save.
        extra: Called before each checkpoint, and saved in it beside the trainer's state.
        on_epoch: Called with the figures of each epoch, whose checkpoint is then saved: no epoch is told twice.
        name: Shown on the progress bar.

    Raises:
        DivergedError: The loss is no finite number any more.
        OSError: A checkpoint cannot be written; the last one is as it was.
    """
    with progress_bar(name, trainer.settings.epochs * trainer.batches) as advance:
        advance(len(trainer.result.history) * trainer.batches, "")
        for values in epochs(trainer, advance):
            checkpoint.save({**trainer.state(), **extra()})
            on_epoch(values)
            advance(0, f"val_loss {values['val_loss']:.4f}")
    return trainer.result


def follow(trainer: Trainer) -> None:
    """Run the epochs that are left beside the first of several processes, which trains, saves and tells."""
    for epoch in range(len(trainer.result.history), trainer.settings.epochs):
        trainer.run_epoch(epoch, lambda _steps, _note: None)


def _warmed_average(decay: float) -> Callable[[Any, Any, Any], None]:
    """Average with a decay that grows to `decay`: the first steps are far from the last and must not linger."""

    @torch.no_grad()
    def update(averages: list[Tensor], currents: list[Tensor], updates: Tensor) -> None:
        now = min(decay, (1 + updates.item()) / (10 + updates.item()))
        for average, current in zip(averages, currents, strict=True):
            if average.is_floating_point():
                average.lerp_(current, 1 - now)
            else:
                average.copy_(current)

    return update
