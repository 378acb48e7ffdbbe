"""What the network learns in every stage: the labels of an alphabet, and the case of letters."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from src.config.sections import Finetune, Training, TrainOnSizes
from src.features.augment import augment
from src.features.labels import UKRAINIAN, Alphabet
from src.models.network.forward import quick_logits
from src.models.rows.row_tensors import RowTensors, hide_heights, join_tensors
from src.models.training.losses import two_headed_loss


@dataclass(frozen=True)
class ReadingTask:
    """The labels of an alphabet and, where the labels do not tell it, the case of letters."""

    train: RowTensors
    validation: RowTensors
    settings: Training
    alphabet: Alphabet = field(default=UKRAINIAN, kw_only=True)

    def loss(self, network: nn.Module, rows: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of both heads on augmented training rows."""
        return self._loss_of(network, self.train.take(rows), generator)

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Return loss and accuracies on the validation rows, not augmented."""
        rows, settings = self.validation, self.settings
        logits = quick_logits(network, rows)
        loss = two_headed_loss(logits, rows.label, rows.is_uppercase, settings.case_weight, settings.label_smoothing)
        label_right = logits.label.argmax(dim=1) == rows.label
        figures = {"val_loss": loss.item(), "val_label_accuracy": label_right.float().mean().item()}
        if not self.alphabet.case_head:
            return figures
        has_case = ~torch.isnan(rows.is_uppercase)
        case_right = (logits.case > 0) == (rows.is_uppercase > 0.5)
        return {
            **figures,
            "val_case_accuracy": case_right[has_case].float().mean().item() if has_case.any() else 1.0,
        }

    def set_trainable(self, network: nn.Module, epoch: int) -> None:
        """Train all of the network in every epoch."""
        del epoch
        network.train()

    def _loss_of(self, network: nn.Module, batch: RowTensors, generator: torch.Generator) -> Tensor:
        settings = self.settings
        logits = network(augment(batch.image, settings.augment, generator), batch.relative_height)
        return two_headed_loss(logits, batch.label, batch.is_uppercase, settings.case_weight, settings.label_smoothing)


@dataclass(frozen=True)
class SizedTask(ReadingTask):
    """Labels that tell the case, by a picture and its height; some heights are hidden."""

    settings: TrainOnSizes

    def loss(self, network: nn.Module, rows: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss on augmented training rows."""
        batch = hide_heights(self.train.take(rows), self.settings.unknown_height, generator)
        return self._loss_of(network, batch, generator)


@dataclass(frozen=True)
class FinetuneTask(ReadingTask):
    """Few rows, whose height is known: heads before encoder, some heights hidden, and rows of old among the new."""

    settings: Finetune
    replayed: RowTensors | None = None

    def loss(self, network: nn.Module, rows: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss on augmented training rows, and as many replayed ones as `replay` asks for."""
        batch = hide_heights(self.train.take(rows), self.settings.unknown_height, generator)
        if self.replayed is not None:
            count = round(len(rows) * self.settings.replay / (1 - self.settings.replay))
            chosen = torch.randint(len(self.replayed.label), (count,), generator=generator, device=rows.device)
            batch = join_tensors([batch, self.replayed.take(chosen)])
        return self._loss_of(network, batch, generator)

    def set_trainable(self, network: nn.Module, epoch: int) -> None:
        """Train the heads alone in the first epochs: they know little yet, and would spoil the encoder."""
        network.train()
        frozen = epoch < self.settings.frozen_epochs
        encoder = network.get_submodule("encoder")
        encoder.train(not frozen)
        encoder.requires_grad_(not frozen)
