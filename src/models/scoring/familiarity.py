"""How familiar a picture is: the score by which pictures that show no character are refused.

The largest label logit less the Mahalanobis distance from the features to the nearest label's mean, weighted so that
both count alike (as Wang et al. weigh theirs, "ViM", CVPR 2022; the distance: Lee et al., NeurIPS 2018); and, with less
weight, how far the features lie on the side of characters in the direction that tells them from the negatives of split
val (after Hendrycks et al., "Outlier exposure", ICLR 2019, but with the network as it is).

Chosen on the negatives of split val, by how many are taken for characters where 95 % of characters are (held-back
letters of Cyrillic-MNIST and digits of MNIST, and the letters of split val): 14 % by logit and distance, 5 % with a
direction fitted to half of the negatives and measured on the others, 11 % on kinds that the direction was not fitted
to. With a larger share such kinds are told worse than without it. Rivals without a direction: energy 20 %, the cosine
of the nearest neighbour 10 to 12 %, which would have to keep all features; of the fifth 13 to 16 %.
"""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from src.common.errors import InputError
from src.common.files import replace_file
from src.models.network.forward import image_features
from src.models.network.network import Network
from src.models.rows.row_tensors import RowTensors

BLANK_SCORE = -1e4
"""Of a picture without ink, which a network may take for anything: far below every threshold."""
_SHRINKAGE = 0.1
"""Share of the mean variance that is added to each: directions of next to none are noise."""
_LEAST = 1e-12
"""Keeps numbers finite where a network sees all pictures alike."""
_RIDGE = 1.0
"""By which share of its variance each feature is distrusted when a direction is fitted."""
_DIRECTION_SHARE = 0.3
"""Spread of what the direction adds to a score, as a share of the spread of the rest."""


class Familiarity(nn.Module):
    """Scores pictures by what the encoder and the label head make of them; larger is more familiar.

    centre: (f,) float32, the mean of all features: without it float32 has too few digits.
    whitening: (f, f) float32, makes the spread of features about their label's mean that of a unit sphere.
    means: (k, f) float32, whitened, of the k labels that were learned.
    weight: () float32, of the distance.
    direction: (f,) float32, of whitened features, towards characters.
    """

    centre: Tensor
    whitening: Tensor
    means: Tensor
    weight: Tensor
    direction: Tensor

    def __init__(self, centre: Tensor, whitening: Tensor, means: Tensor, weight: Tensor, direction: Tensor) -> None:
        super().__init__()
        self.register_buffer("centre", centre)
        self.register_buffer("whitening", whitening)
        self.register_buffer("means", means)
        self.register_buffer("weight", weight)
        self.register_buffer("direction", direction)

    def score(self, image: Tensor, features: Tensor, label_logits: Tensor) -> Tensor:
        """Return the (n,) scores of (n, side, side) images by their features and logits: a blank one's is the least."""
        scores: Tensor = self(features, label_logits)
        return torch.where(image.flatten(1).amax(dim=1) > 0, scores, torch.full_like(scores, BLANK_SCORE))

    def forward(self, features: Tensor, label_logits: Tensor) -> Tensor:
        """Return the (n,) scores of (n, f) features and (n, classes) raw label logits of pictures with ink."""
        near = label_logits.amax(dim=1) - self.weight * self.distance(features)
        return near + self.whitened(features) @ self.direction

    def whitened(self, features: Tensor) -> Tensor:
        """Return the (n, f) features from their mean, as wide in every direction."""
        return (features - self.centre) @ self.whitening

    def distance(self, features: Tensor) -> Tensor:
        """Return the (n,) Mahalanobis distances to the nearest mean."""
        whitened = self.whitened(features)
        squares = (whitened**2).sum(dim=1, keepdim=True) - 2 * whitened @ self.means.T + (self.means**2).sum(dim=1)
        return squares.amin(dim=1).clamp(min=0).sqrt()


@torch.no_grad()
def fit_familiarity(network: Network, learned: RowTensors, negatives: Tensor | None = None) -> Familiarity:
    """Return what scores pictures as a network sees them.

    Args:
        network: It is left as it is.
        learned: Rows that it has learned.
        negatives: (n, side, side) uint8 pictures of no character; without any, no direction is fitted.
    """
    features = image_features(network, learned.image)
    logits = network.label_logits(features, learned.relative_height)
    centre, whitening, means = _whitening_and_means(features, learned.label)
    fitted = (centre, whitening, means, torch.ones(()), torch.zeros(len(centre)))
    familiarity = Familiarity(*fitted).to(features.device)
    familiarity.weight = logits.amax(dim=1).mean() / familiarity.distance(features).mean().clamp(min=_LEAST)
    if negatives is None:
        return familiarity.eval()
    characters = familiarity.whitened(features)
    direction = _direction(characters, familiarity.whitened(image_features(network, negatives)))
    rest = familiarity(features, logits).std()
    familiarity.direction = _DIRECTION_SHARE * rest / (characters @ direction).std().clamp(min=_LEAST) * direction
    return familiarity.eval()


def _whitening_and_means(features: Tensor, label: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    centre = features.mean(dim=0)
    centred = (features - centre).cpu().double()  # not every device has float64
    present, index = label.cpu().unique(return_inverse=True)
    means = torch.zeros(len(present), centred.shape[1]).to(centred).index_add(0, index, centred)
    means /= index.bincount()[:, None]
    spread = torch.cov((centred - means[index]).T)
    spread += (_SHRINKAGE * spread.trace() / len(spread) + _LEAST) * torch.eye(len(spread)).to(spread)
    whitening = torch.linalg.cholesky(torch.linalg.inv(spread))
    return centre.cpu(), whitening.float(), (means @ whitening).float()


def _direction(characters: Tensor, negatives: Tensor) -> Tensor:
    """Return the (f,) direction from negatives to characters by ridge regression, in which both count alike."""
    here, there = characters.cpu().double(), negatives.cpu().double()
    middle = (here.mean(dim=0) + there.mean(dim=0)) / 2
    spread = sum(((side - middle).T @ (side - middle) / len(side) for side in (here, there)), torch.zeros(()).double())
    spread += torch.diag(_RIDGE * spread.diagonal() + _LEAST)
    direction: Tensor = torch.linalg.solve(spread, here.mean(dim=0) - there.mean(dim=0))
    return direction.to(characters)


@torch.no_grad()
def familiarity_scores(
    familiarity: Familiarity, network: Network, images: Tensor, relative_heights: Tensor | None = None
) -> Tensor:
    """Return the (n,) float32 scores of (n, side, side) uint8 images, by their (n,) heights where they are known."""
    features = image_features(network, images)
    heights = torch.full_like(features[:, 0], torch.nan) if relative_heights is None else relative_heights
    return familiarity.score(images, features, network.label_logits(features, heights))


def save_familiarity(familiarity: Familiarity, path: Path) -> None:
    """Write it so that the same numbers give the same bytes."""
    with replace_file(path) as temporary:
        save_file({name: tensor.cpu().contiguous() for name, tensor in familiarity.state_dict().items()}, temporary)
        temporary.chmod(0o644)  # safetensors makes files that only their owner can read


def load_familiarity(path: Path, network: Network) -> Familiarity:
    """Read what was fitted to a network, on the CPU.

    Raises:
        InputError: The file is missing, or is something else, or belongs to a network of another shape.
    """
    cure = "run `dvc repro` to make it"
    if not path.is_file():
        raise InputError(f"{path}: no such file; {cure}")
    try:
        tensors = load_file(path)
        familiarity = Familiarity(**tensors)
    except (SafetensorError, TypeError) as error:
        raise InputError(f"{path}: not what `calibrate` writes; {cure} again") from error
    if familiarity.whitening.shape[0] != network.settings.features:
        raise InputError(f"{path}: fitted to a network of another shape; {cure} again")
    return familiarity.eval()
