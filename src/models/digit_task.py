"""What `pretrain` learns: ten digits, on MNIST's training file."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.nn import functional

from src.errors import InputError
from src.features.augment import augment
from src.models.network import DigitNetwork
from src.models.predict import digit_logits
from src.models.samples import Samples
from src.models.weights import to_device
from src.params import Params
from src.sections import Pretrain

MNIST = Path("data/interim/mnist.parquet")


@dataclass(frozen=True)
class DigitTask:
    """Ten digits, cross-entropy."""

    train: Samples
    validation: Samples
    settings: Pretrain

    def loss(self, network: nn.Module, rows: Tensor, generator: torch.Generator) -> Tensor:
        """Return the smoothed cross-entropy of augmented training rows."""
        batch = self.train.take(rows)
        logits = network(augment(batch.image, self.settings.augment, generator))
        return functional.cross_entropy(logits, batch.label, label_smoothing=self.settings.label_smoothing)

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Return loss and accuracy on the validation rows, not augmented."""
        logits = digit_logits(network, self.validation.image)
        label, smoothing = self.validation.label, self.settings.label_smoothing
        right = logits.argmax(dim=1) == label
        return {
            "val_loss": functional.cross_entropy(logits, label, label_smoothing=smoothing).item(),
            "val_accuracy": right.float().mean().item(),
        }

    def set_trainable(self, network: nn.Module, epoch: int) -> None:
        """Train all of the network in every epoch."""
        del epoch
        network.train()


def split_digits(frame: pd.DataFrame, settings: Pretrain) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of MNIST's training file that are learned from, and those that choose the epoch.

    Raises:
        InputError: There are too few rows to hold some of each digit back.
    """
    rows = frame[frame["source"].str.endswith("mnist_train")]
    try:
        train, validation = train_test_split(
            rows, test_size=settings.val_size, random_state=settings.seed, stratify=rows["label"]
        )
    except ValueError as error:
        raise InputError(f"{MNIST}: cannot hold validation rows back ({error}); raise pretrain.val_size") from None
    return train, validation


def new_digit_network(params: Params, device: torch.device) -> DigitNetwork:
    """Return an untrained network; all that follows at random follows from `pretrain.seed`."""
    torch.manual_seed(params.pretrain.seed)
    return to_device(DigitNetwork(params.network), device)
