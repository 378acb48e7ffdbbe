"""The five published networks of EMNIST, re-created from their descriptions: what `benchmarks/emnist.py` compares with.

All take pictures as ours does, (n, 28, 28) from 0 to 255, upright, and scale them themselves as their authors did;
the number of classes is free, where each was published for one. Where a description leaves something open:

- LeNet-like: convolutions without padding, 2x2 max-pooling, and bias everywhere are what gives 284,335 numbers (280,991
  weights and biases, and of 836 normalised values scale, shift, mean and variance). ReLU stands last in its
  description; it is taken for the activation of every layer but the last, whose logits it would halve, and comes before
  pooling and normalisation. Pixels from 0 to 1.
- CustomCNN: padding 1 and ReLU, without which 12,544 features are not reached. Pixels from 0 to 1.
- ResNet34: torchvision's, from scratch, its stem on one channel and nothing else changed. Pixels from 0 to 1.
- MNISTNet: normalisation and LeakyReLU after each 3x3 convolution, ReLU after the dense layers, pixels from 0 to 255.
- Two-block CNN: no padding (64 features are left), ReLU after each convolution and dense layer, which is then
  normalised, weights after Glorot & Bengio (2010), mean and spread of MNIST's pixels. As its author publishes it, each
  block is normalised once more after pooling.
"""

from itertools import pairwise

from torch import Tensor, nn
from torchvision.models import resnet34

_MNIST_MEAN, _MNIST_SPREAD = 0.1307, 0.3081


class PictureNetwork(nn.Module):
    """Layers behind the scaling of their pictures: (n, 28, 28) uint8 or float, 0..255, to (n, classes) logits."""

    def __init__(self, layers: nn.Module, mean: float = 0.0, spread: float = 255.0) -> None:
        super().__init__()
        self.layers, self.mean, self.spread = layers, mean, spread

    def forward(self, image: Tensor) -> Tensor:
        """Return the logits of pictures."""
        logits: Tensor = self.layers((image.unsqueeze(1).float() - self.mean) / self.spread)
        return logits


def count_numbers(network: nn.Module) -> int:
    """Return how many numbers training leaves: parameters, and the means and variances of batch normalisation."""
    statistics = [values for name, values in network.named_buffers() if not name.endswith("num_batches_tracked")]
    return sum(values.numel() for values in [*network.parameters(), *statistics])


def lenet_like(classes: int) -> PictureNetwork:
    """Return the LeNet-like network of EMNIST Balanced."""
    layers = [
        *[nn.Conv2d(1, 12, 7), nn.ReLU(), nn.MaxPool2d(2), nn.BatchNorm2d(12)],
        *[nn.Conv2d(12, 24, 5), nn.ReLU(), nn.MaxPool2d(2), nn.BatchNorm2d(24)],
        *[nn.Dropout(0.25), nn.Flatten()],
        *[nn.Linear(24 * 3 * 3, 480), nn.ReLU(), nn.BatchNorm1d(480), nn.Dropout(0.4)],
        *[nn.Linear(480, 320), nn.ReLU(), nn.BatchNorm1d(320), nn.Dropout(0.25)],
        nn.Linear(320, classes),
    ]
    return PictureNetwork(nn.Sequential(*layers))


def custom_cnn(classes: int) -> PictureNetwork:
    """Return the "CustomCNN" of EMNIST's six splits together."""
    layers: list[nn.Module] = []
    for before, after, pool in ((1, 32, True), (32, 64, False), (64, 128, True), (128, 256, False)):
        layers += [nn.Conv2d(before, after, 3, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if pool else []
    return PictureNetwork(
        nn.Sequential(*layers, nn.Flatten(), *_dense(256 * 7 * 7, 1024, 512, 256, 128, 64, 32, classes))
    )


def resnet_34(classes: int) -> PictureNetwork:
    """Return torchvision's ResNet34 (He et al., 2016) on one channel."""
    network = resnet34(weights=None, num_classes=classes)
    network.conv1 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
    return PictureNetwork(network)


def mnist_net(classes: int) -> PictureNetwork:
    """Return "MNISTNet", a published recogniser of digits."""
    layers: list[nn.Module] = []
    for before, after, padding, pool in ((1, 10, 0, False), (10, 20, 0, True), (20, 24, 1, False), (24, 16, 0, True)):
        layers += [nn.Conv2d(before, after, 3, padding=padding), nn.BatchNorm2d(after), nn.LeakyReLU(0.001)]
        layers += [nn.MaxPool2d(2)] if pool else []
    return PictureNetwork(nn.Sequential(*layers, nn.Flatten(), *_dense(400, 120, 84, classes)), spread=1.0)


def two_block_cnn(classes: int) -> PictureNetwork:
    """Return the two-block CNN of letters and digits without case."""
    dense: list[nn.Module] = []
    for before in (64, 1024):
        dense += [nn.Linear(before, 1024), nn.ReLU(), nn.BatchNorm1d(1024)]
    last = [nn.Dropout(0.28), nn.Linear(1024, classes)]
    network = nn.Sequential(*_wide_block(1, 32), *_wide_block(32, 64), nn.Flatten(), *dense, *last)
    for layer in network:
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
    return PictureNetwork(network, 255 * _MNIST_MEAN, 255 * _MNIST_SPREAD)


def _wide_block(before: int, after: int) -> list[nn.Module]:
    convolutions = [nn.Conv2d(before, after, 5), nn.ReLU(), nn.Conv2d(after, after, 5), nn.ReLU()]
    return [*convolutions, nn.BatchNorm2d(after), nn.MaxPool2d(2), nn.BatchNorm2d(after), nn.Dropout(0.28)]


def _dense(*sizes: int) -> list[nn.Module]:
    """Return dense layers of these sizes with ReLU between them."""
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return layers[:-1]
