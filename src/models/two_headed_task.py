"""What `finetune` learns: 43 labels and the case of letters."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor, nn

from src.errors import InputError
from src.features.augment import augment
from src.models.losses import two_headed_loss
from src.models.network import Network
from src.models.predict import sample_logits
from src.models.samples import Samples, hide_heights
from src.models.weights import load_digit_network, to_device
from src.params import Params
from src.sections import Finetune

TABLE = Path("data/processed/split.parquet")


@dataclass(frozen=True)
class TwoHeadedTask:
    """43 labels and the case of letters."""

    train: Samples
    validation: Samples
    settings: Finetune

    def loss(self, network: nn.Module, rows: Tensor, generator: torch.Generator) -> Tensor:
        """Return the loss of both heads on augmented training rows, some with their height hidden."""
        settings = self.settings
        batch = hide_heights(self.train.take(rows), settings.unknown_height, generator)
        logits = network(augment(batch.image, settings.augment, generator), batch.relative_height)
        return two_headed_loss(logits, batch.label, batch.is_uppercase, settings.case_weight, settings.label_smoothing)

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Return loss and accuracies on the validation rows, not augmented."""
        rows, settings = self.validation, self.settings
        logits = sample_logits(network, rows)
        loss = two_headed_loss(logits, rows.label, rows.is_uppercase, settings.case_weight, settings.label_smoothing)
        has_case = ~torch.isnan(rows.is_uppercase)
        case_right = (logits.case > 0) == (rows.is_uppercase > 0.5)
        return {
            "val_loss": loss.item(),
            "val_label_accuracy": (logits.label.argmax(dim=1) == rows.label).float().mean().item(),
            "val_case_accuracy": case_right[has_case].float().mean().item() if has_case.any() else 1.0,
        }

    def set_trainable(self, network: nn.Module, epoch: int) -> None:
        """Train the heads alone in the first epochs: their random gradients would spoil the encoder."""
        network.train()
        frozen = epoch < self.settings.frozen_epochs
        encoder = network.get_submodule("encoder")
        encoder.train(not frozen)
        encoder.requires_grad_(not frozen)


def rows_of(frame: pd.DataFrame, split: str) -> pd.DataFrame:
    """Return the rows of one split of a split sample table.

    Raises:
        InputError: There are none.
    """
    rows = frame[frame["split"] == split]
    if rows.empty:
        raise InputError(f"{TABLE}: no rows of split {split}; change the split section of params.yaml")
    return rows


def new_network(params: Params, pretrained: Path, device: torch.device) -> Network:
    """Return a pretrained encoder under untrained heads; all that follows at random follows from `finetune.seed`.

    Raises:
        InputError: `pretrained` is missing or no model of Pysar.
    """
    torch.manual_seed(params.finetune.seed)
    network = Network(params.network)
    network.encoder.load_state_dict(load_digit_network(pretrained).encoder.state_dict())
    return to_device(network, device)
