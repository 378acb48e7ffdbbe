"""Stage `finetune`: the encoder learns letters and digits under a label head and a case head."""

from dataclasses import dataclass
from pathlib import Path

import click
import pandas as pd
import torch
from torch import Tensor, nn

from src.command import Command
from src.data.table import SPLIT_SAMPLES, read_table
from src.errors import InputError
from src.features.augment import augment
from src.models.device import Machine, prepare_machine
from src.models.fit import Files, describe_rows, fit
from src.models.losses import two_headed_loss
from src.models.network import Network
from src.models.predict import sample_logits
from src.models.samples import Samples, hide_heights, make_samples
from src.models.weights import load_digit_network, to_device
from src.params import Finetune, Params, load_params

TABLE = Path("data/processed/split.parquet")
PRETRAINED = Path("models/pretrained.safetensors")
MODEL = Path("models/finetuned.safetensors")
CURVES = Path("reports/finetune/curves.csv")
METRICS = Path("reports/finetune/metrics.json")
FILES = Files((TABLE, PRETRAINED), MODEL, CURVES, METRICS)


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


def finetune(frame: pd.DataFrame, params: Params, machine: Machine) -> None:
    """Train on a split sample table; write model, curves and metrics.

    Raises:
        InputError: The table has no training or no validation rows.
    """
    settings = params.finetune
    train, validation = (_rows_of(frame, split) for split in ("train", "val"))
    torch.manual_seed(settings.seed)
    network = Network(params.network)
    network.encoder.load_state_dict(load_digit_network(PRETRAINED).encoder.state_dict())
    network = to_device(network, machine.device)
    task = TwoHeadedTask(make_samples(train, machine.device), make_samples(validation, machine.device), settings)
    fit("finetune", network, task, params, machine, FILES, describe_rows(train, validation))


def _rows_of(frame: pd.DataFrame, split: str) -> pd.DataFrame:
    rows = frame[frame["split"] == split]
    if rows.empty:
        raise InputError(f"{TABLE}: no rows of split {split}; change the split section of params.yaml")
    return rows


@click.command(cls=Command)
def main() -> None:
    """Fine-tune encoder and heads on letters and digits."""
    params = load_params()
    finetune(read_table(TABLE, SPLIT_SAMPLES), params, prepare_machine(params.compute))


if __name__ == "__main__":
    main()
