"""The MNIST recipe of the pipeline that exists today, as published: the other side of `benchmarks/pretrain.py`.

Source: github.com/nazavr322/ukr-handwriting-classification. 25 epochs, batch 64, transforms of each image by Pillow,
no workers. Nothing is changed but the paths.
"""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from sklearn.model_selection import train_test_split
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

EPOCHS = 25
BATCH_SIZE = 64
VALIDATION_ROWS = 5000
SEED = 42


def make_network() -> nn.Sequential:
    """Return the published network: two convolutions and two dense layers, 3x28x28 in."""
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(), nn.BatchNorm2d(32),
        nn.Conv2d(32, 64, 3, padding=1), nn.MaxPool2d(2), nn.ReLU(), nn.BatchNorm2d(64),
        nn.Flatten(), nn.Linear(3136, 256), nn.ReLU(), nn.BatchNorm1d(256), nn.Linear(256, 10),
    )  # fmt: skip


class Digits(Dataset[tuple[Tensor, int]]):
    """MNIST's pictures, each transformed when it is asked for."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, *, training: bool) -> None:
        self.images, self.labels = images, labels
        rotation = [transforms.RandomRotation(45)] if training else []
        self.transform = transforms.Compose(
            [transforms.Grayscale(3), *rotation, transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))]
        )

    def __len__(self) -> int:
        """Return how many pictures there are."""
        return len(self.images)

    def __getitem__(self, row: int) -> tuple[Tensor, int]:
        """Return one transformed picture and its digit."""
        return self.transform(Image.fromarray(self.images[row])), int(self.labels[row])


def train_published(images: np.ndarray, labels: np.ndarray, on_epoch: Callable[[int, float], None]) -> nn.Module:
    """Train as published on MNIST's training file; return the network of the best validation epoch."""
    torch.manual_seed(SEED)
    rows = train_test_split(np.arange(len(images)), test_size=VALIDATION_ROWS, random_state=SEED)
    # The published code validates on images that are rotated too.
    train, validation = (
        DataLoader(Digits(images[part], labels[part], training=True), BATCH_SIZE, shuffle=part is rows[0])
        for part in rows
    )
    network = make_network()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="max", patience=3)
    best, weights = -1.0, network.state_dict()
    for epoch in range(EPOCHS):
        network.train()
        for image, label in train:
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(image), label).backward()
            optimizer.step()
        accuracy = answers_right(network, validation).float().mean().item()
        schedule.step(accuracy)
        if accuracy > best:
            best, weights = accuracy, {name: value.clone() for name, value in network.state_dict().items()}
        on_epoch(epoch + 1, accuracy)
    network.load_state_dict(weights)
    return network


@torch.no_grad()
def answers_right(network: nn.Module, loader: DataLoader[tuple[Tensor, int]]) -> Tensor:
    """Return which answers are right, (n,) bool, in the loader's order."""
    network.eval()
    right = [(network(image).argmax(dim=1) == label) for image, label in loader]
    return torch.cat(right)


def test_published(network: nn.Module, images: np.ndarray, labels: np.ndarray) -> NDArray[np.bool_]:
    """Return which of MNIST's test pictures, not rotated, the network names rightly, (n,) bool."""
    loader = DataLoader(Digits(images, labels, training=False), 500)
    return answers_right(network, loader).numpy()
