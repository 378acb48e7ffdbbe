"""How the published networks of `benchmarks/emnist.py` learn: their authors' recipes in a loop as quick as ours.

Pictures lie on the device as one tensor, and convolutions have the memory layout and the precision that ours have.
A network learns until the loss on the validation rows has not fallen for some epochs, or its seconds are over. Of its
epochs the one with the most right answers on those rows is chosen, which favours it: the loss rises first.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.emnist_networks import count_numbers
from benchmarks.emnist_published import Published, Recipe
from benchmarks.emnist_rows import Parts, Rows
from src.models.network.weights import to_device
from src.models.training.device import Machine

BATCH = 64
"""Pictures that are read at a time."""

Reader = Callable[[NDArray[np.uint8]], NDArray[np.int64]]
"""Says of (n, 28, 28) pictures, white ink on black, which class each is, (n,); on the CPU, in float32."""


class Budget(NamedTuple):
    """What a network may use: seconds of training, and epochs without a lower loss on the validation rows."""

    seconds: float
    patience: int


class Epoch(NamedTuple):
    """Seconds of training at the end of an epoch, and what the network then says of the validation rows."""

    seconds: float
    loss: float
    accuracy: float


class Learned(NamedTuple):
    """A trained network.

    numbers: How many numbers it consists of.
    history: Its epochs.
    chosen: Which of them its weights are of, from 1.
    """

    read: Reader
    numbers: int
    history: list[Epoch]
    chosen: int


def learn_published(
    published: Published, classes: int, parts: Parts, budget: Budget, seed: int, machine: Machine
) -> Learned:
    """Train a published network; its seconds begin with its weights."""
    started = time.perf_counter()
    torch.manual_seed(seed)
    network = to_device(published.make(classes), machine.device)
    image, label = _on_device(parts.val, machine.device)
    course = _Course(network, published.recipe, parts.train, seed, machine)
    history: list[Epoch] = []
    weights: dict[str, Tensor] = {}
    while not is_enough(history, budget):
        course.run_epoch(started + budget.seconds)
        loss, accuracy = _validate(network, image, label)
        if accuracy > max((epoch.accuracy for epoch in history), default=-1.0):
            weights = {name: values.clone() for name, values in network.state_dict().items()}
        history.append(Epoch(time.perf_counter() - started, loss, accuracy))
    network.load_state_dict(weights)
    chosen = 1 + int(np.argmax([epoch.accuracy for epoch in history]))
    return Learned(_reader(network.cpu().eval()), count_numbers(network), history, chosen)


def is_enough(history: list[Epoch], budget: Budget) -> bool:
    """Say whether the seconds are over, or the loss has not fallen for as many epochs as there is patience."""
    if not history:
        return False
    lowest = int(np.argmin([epoch.loss for epoch in history]))
    return history[-1].seconds >= budget.seconds or len(history) - 1 - lowest >= budget.patience


class _Course:
    """What changes while a published network learns."""

    def __init__(self, network: nn.Module, recipe: Recipe, train: Rows, seed: int, machine: Machine) -> None:
        self.network, self.batch_size, self.machine = network, recipe.batch_size, machine
        self.image, self.label = _on_device(train, machine.device)
        self.batches = max(1, len(self.label) // recipe.batch_size)
        self.optimizer = recipe.optimizer(network)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: recipe.rate(step, self.batches)
        )  # fmt: skip
        self.generator = torch.Generator(machine.device).manual_seed(seed)

    def run_epoch(self, deadline: float) -> None:
        """Learn from every training row once, rows that fill no batch excepted, or until the deadline."""
        self.network.train()
        order = torch.randperm(len(self.label), generator=self.generator, device=self.machine.device)
        for rows in order.split(self.batch_size)[: self.batches]:
            with self.machine.autocast():
                loss = functional.cross_entropy(self.network(self.image[rows]), self.label[rows])
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            self.schedule.step()
            if time.perf_counter() > deadline:
                return


@torch.no_grad()
def _validate(network: nn.Module, image: Tensor, label: Tensor) -> tuple[float, float]:
    network.eval()
    logits = torch.cat([network(batch) for batch in image.split(BATCH)])
    right = (logits.argmax(dim=1) == label).float().mean()
    return functional.cross_entropy(logits, label).item(), right.item()


def _reader(network: nn.Module) -> Reader:
    @torch.no_grad()
    def read(images: NDArray[np.uint8]) -> NDArray[np.int64]:
        logits = [network(batch) for batch in torch.from_numpy(images).split(BATCH)]
        return torch.cat(logits).argmax(dim=1).numpy()

    return read


def _on_device(rows: Rows, device: torch.device) -> tuple[Tensor, Tensor]:
    return torch.from_numpy(rows.images).to(device), torch.from_numpy(rows.label).to(device)
