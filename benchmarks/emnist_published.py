"""What is known of the five published networks beside their layers: their figures, and how each was trained.

The recipes are those of their authors where they are told: CustomCNN and ResNet34 with Adam, batches of 128 and a
learning rate that falls by a thousandth an epoch; MNISTNet with Adam at 5e-4 and batches of 50; the two-block CNN with
AdamW, batches of 64 and 500 first steps at a tenth of its learning rate. Of the LeNet-like network none is known: Adam
as it comes, in batches of 128. None augments its pictures. Their numbers of epochs are not kept: here all train until
the validation rows say that it is enough.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn

from benchmarks.emnist_networks import PictureNetwork, custom_cnn, lenet_like, mnist_net, resnet_34, two_block_cnn

_WARM_UP = 0.1
"""Share of the learning rate in the first steps."""


class Recipe(NamedTuple):
    """How a published network was trained.

    weight_decay: None for Adam, otherwise AdamW's.
    epoch_decay: What the learning rate is multiplied by after an epoch.
    warm_up_steps: How many steps are made first at a tenth of the learning rate.
    """

    batch_size: int = 128
    learning_rate: float = 1e-3
    weight_decay: float | None = None
    epoch_decay: float = 1.0
    warm_up_steps: int = 0

    def optimizer(self, network: nn.Module) -> torch.optim.Optimizer:
        """Return the optimizer of a network."""
        if self.weight_decay is None:
            return torch.optim.Adam(network.parameters(), self.learning_rate)
        return torch.optim.AdamW(network.parameters(), self.learning_rate, weight_decay=self.weight_decay)

    def rate(self, step: int, steps_an_epoch: int) -> float:
        """Return what share of its learning rate a step has."""
        return _WARM_UP if step < self.warm_up_steps else self.epoch_decay ** (step // steps_an_epoch)


class Published(NamedTuple):
    """A published network: its name in words, its authors' figure on their own test rows, layers and recipe."""

    words: str
    figure: str
    make: Callable[[int], PictureNetwork]
    recipe: Recipe


PUBLISHED = {
    "lenet_like": Published("LeNet-like CNN", "88.71 %, balanced", lenet_like, Recipe()),
    "custom_cnn": Published("CustomCNN", "90.04 %, six splits together", custom_cnn, Recipe(epoch_decay=0.999)),
    "resnet34": Published("ResNet34", "88.12 %, six splits together", resnet_34, Recipe(epoch_decay=0.999)),
    "mnist_net": Published("MNISTNet", "99.39 %, MNIST", mnist_net, Recipe(batch_size=50, learning_rate=5e-4)),
    "two_block_cnn": Published(
        "two-block CNN", "96 %, letters and digits without case", two_block_cnn,
        Recipe(batch_size=64, learning_rate=1e-4, weight_decay=1e-4, warm_up_steps=500),
    ),
}  # fmt: skip
