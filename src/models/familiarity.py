"""How familiar a picture is: the score by which pictures that show no character are refused.

The largest label logit less the Mahalanobis distance from the features to the nearest label's mean, weighted so that
both count alike (as Wang et al. weigh theirs, "ViM", CVPR 2022; the distance: Lee et al., NeurIPS 2018).

Chosen with an earlier, narrower network on the negatives of split val against letters of Cyrillic-MNIST's held-back
sheets: AUROC 0.980, and 12 % taken for characters where 95 % of characters are. The rivals then: largest probability
0.935 and 31 %, energy 0.946 and 24 %, largest logit 0.949 and 24 %, the distance alone 0.937 and 36 %, that less the
distance to the mean of all (Ren et al., 2021) 0.964 and 22 %, the cosine of the tenth nearest neighbour 0.969 and 18 %,
ViM 0.974 and 15 %.
"""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from src.errors import InputError
from src.files import replace_file
from src.models.network import Network
from src.models.predict import image_features
from src.models.samples import Samples

_SHRINKAGE = 0.1
"""Share of the mean variance that is added to each: directions of next to none are noise."""
_LEAST = 1e-12
"""Keeps numbers finite where a network sees all pictures alike."""


class Familiarity(nn.Module):
    """Scores pictures by what the encoder and the label head make of them; larger is more familiar.

    centre: (f,) float32, the mean of all features: without it float32 has too few digits.
    whitening: (f, f) float32, makes the spread of features about their label's mean that of a unit sphere.
    means: (k, f) float32, whitened, of the k labels that were learned.
    weight: () float32, of the distance.
    """

    centre: Tensor
    whitening: Tensor
    means: Tensor
    weight: Tensor

    def __init__(self, centre: Tensor, whitening: Tensor, means: Tensor, weight: Tensor) -> None:
        super().__init__()
        self.register_buffer("centre", centre)
        self.register_buffer("whitening", whitening)
        self.register_buffer("means", means)
        self.register_buffer("weight", weight)

    def forward(self, features: Tensor, label_logits: Tensor) -> Tensor:
        """Return the (n,) scores of (n, f) features and (n, 43) raw label logits."""
        return label_logits.amax(dim=1) - self.weight * self.distance(features)

    def distance(self, features: Tensor) -> Tensor:
        """Return the (n,) Mahalanobis distances to the nearest mean."""
        whitened = (features - self.centre) @ self.whitening
        squares = (whitened**2).sum(dim=1, keepdim=True) - 2 * whitened @ self.means.T + (self.means**2).sum(dim=1)
        return squares.amin(dim=1).clamp(min=0).sqrt()


@torch.no_grad()
def fit_familiarity(network: Network, learned: Samples) -> Familiarity:
    """Return what scores pictures as a network sees them, from rows that it has learned."""
    features = image_features(network, learned.image)
    largest = network.label_head(features).amax(dim=1).mean()
    centre = features.mean(dim=0)
    centred = (features - centre).cpu().double()  # not every device has float64
    present, index = learned.label.cpu().unique(return_inverse=True)
    means = torch.zeros(len(present), centred.shape[1]).to(centred).index_add(0, index, centred)
    means /= index.bincount()[:, None]
    spread = torch.cov((centred - means[index]).T)
    spread += (_SHRINKAGE * spread.trace() / len(spread) + _LEAST) * torch.eye(len(spread)).to(spread)
    whitening = torch.linalg.cholesky(torch.linalg.inv(spread))
    fitted = (centre.cpu(), whitening.float(), (means @ whitening).float(), torch.ones(()))
    familiarity = Familiarity(*fitted).to(features.device)
    familiarity.weight = largest / familiarity.distance(features).mean().clamp(min=_LEAST)
    return familiarity.eval()


@torch.no_grad()
def familiarity_scores(familiarity: Familiarity, network: Network, images: Tensor) -> Tensor:
    """Return the (n,) float32 scores of (n, side, side) uint8 images."""
    features = image_features(network, images)
    scores: Tensor = familiarity(features, network.label_head(features))
    return scores


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
    if familiarity.whitening.shape[0] != network.label_head.in_features:
        raise InputError(f"{path}: fitted to a network of another shape; {cure} again")
    return familiarity.eval()
