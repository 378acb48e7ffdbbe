"""The network: one encoder under a label head of as many logits as there are labels, and a case head of one."""

import math
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from src.config.sections import Network as NetworkSettings
from src.features.labels import UKRAINIAN, Alphabet

_CASE_FEATURES = 64
_SIZE_FEATURES = 32
_MEDIAN_HEIGHT, _HEIGHT_SPREAD = 0.5, 0.15
"""About the median and the spread of relative heights: what a layer is given is best near 0 and 1."""


class Logits(NamedTuple):
    """What the network says of n pictures.

    label: (n, classes) float32, in the order of the alphabet.
    case: (n,) float32, above 0 for uppercase; empty of meaning where the label is a digit.
    """

    label: Tensor
    case: Tensor


class Encoder(nn.Module):
    """Turns (n, side, side) grey images, 0..255, into (n, features) float32.

    A 5x5 stem at full resolution, then two 3x3 convolutions at each further resolution. Pooling comes before
    normalisation and ReLU, which then work on a quarter of the pixels; no row is lost where a side is odd.
    """

    def __init__(self, settings: NetworkSettings) -> None:
        super().__init__()
        stem, *stages = settings.channels
        layers: list[nn.Module] = [*_convolution(1, stem, kernel=5, pool=True)]
        before = stem
        for channels in stages:
            layers += [*_convolution(before, channels), *_convolution(channels, channels, pool=True)]
            before = channels
        side = math.ceil(settings.side / 2 ** len(settings.channels))
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Linear(before * side * side, settings.features, bias=False),
            nn.BatchNorm1d(settings.features),
            nn.ReLU(),
            nn.Dropout(settings.dropout),
        )

    def forward(self, image: Tensor) -> Tensor:
        """Return the features of images."""
        features: Tensor = self.dense(self.convolutions(image.unsqueeze(1) / 255))
        return features


class Network(nn.Module):
    """Says which label of an alphabet a picture shows, and whether a letter is uppercase.

    The relative height is shown to the case head alone: MNIST's is unknown, so to the label head a known height would
    give away that a picture is a letter. Where the labels tell the case, as in EMNIST, nobody asks the case head, and
    the label head is shown the height, which alone tells c from C.
    """

    def __init__(self, settings: NetworkSettings, alphabet: Alphabet = UKRAINIAN) -> None:
        super().__init__()
        self.settings, self.alphabet = settings, alphabet
        self.encoder = Encoder(settings)
        seen = settings.features if alphabet.case_head else settings.features + _SIZE_FEATURES
        self.label_head = nn.Linear(seen, len(alphabet))
        self.case_head = nn.Sequential(
            nn.Linear(settings.features + 2 * len(alphabet) + 1, _CASE_FEATURES),
            nn.ReLU(),
            nn.Linear(_CASE_FEATURES, 1),
        )
        if not alphabet.case_head:
            self.size = nn.Sequential(nn.Linear(2, _SIZE_FEATURES), nn.ReLU())

    def forward(self, image: Tensor, relative_height: Tensor) -> Logits:
        """Return the logits of (n, side, side) images, 0..255, and (n,) relative heights, NaN where unknown."""
        return self.heads(self.encoder(image), relative_height)

    def steady_features(self, image: Tensor) -> Tensor:
        """Return the encoder's mean features of two copies of images, one pixel up and left, and one down and right.

        Pooling makes a network depend on where between its cells a stroke falls; the mean hardly does. On held-back
        sheets of Cyrillic-MNIST it is worth 0.2 points; five copies, or nine, are worth no more.
        """
        side = image.shape[-1]
        framed = functional.pad(image, (1, 1, 1, 1))
        copies = torch.cat([framed[:, 2:, 2:], framed[:, :side, :side]])
        features: Tensor = self.encoder(copies).unflatten(0, (2, -1)).mean(dim=0)
        return features

    def heads(self, features: Tensor, relative_height: Tensor) -> Logits:
        """Return the logits of (n, features) of the encoder and (n,) relative heights, NaN where unknown."""
        label = self.label_logits(features, relative_height)
        height, known = _scaled(relative_height)
        # What height means depends on the letter; but the case is not to bend what the label head says.
        letter = label.detach().softmax(dim=1)
        inputs = torch.cat([features, letter, letter * height, known.to(features.dtype)], dim=1)
        return Logits(label, self.case_head(inputs).squeeze(1))

    def label_logits(self, features: Tensor, relative_height: Tensor) -> Tensor:
        """Return the label head's (n, classes) logits alone, of what `heads` is given."""
        if not self.alphabet.case_head:
            height, known = _scaled(relative_height)
            size = self.size(torch.cat([height, known.to(height.dtype)], dim=1))
            features = torch.cat([features, size], dim=1)
        label: Tensor = self.label_head(features)
        return label


def _scaled(relative_height: Tensor) -> tuple[Tensor, Tensor]:
    """Return (n, 1) heights about 0, 0 where unknown, and which are known."""
    height = ((relative_height - _MEDIAN_HEIGHT) / _HEIGHT_SPREAD)[:, None]
    known = ~torch.isnan(height)
    return torch.where(known, height, torch.zeros_like(height)), known


def _convolution(before: int, after: int, kernel: int = 3, *, pool: bool = False) -> list[nn.Module]:
    pooling: list[nn.Module] = [nn.MaxPool2d(2, ceil_mode=True)] if pool else []
    convolution = nn.Conv2d(before, after, kernel, padding=kernel // 2, bias=False)
    return [convolution, *pooling, nn.BatchNorm2d(after), nn.ReLU(inplace=True)]
