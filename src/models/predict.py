"""Networks on many images, a batch at a time, without gradients."""

import torch
from torch import Tensor, nn

from src.models.network import Logits, Network
from src.models.samples import Samples

_BATCH = 500


@torch.no_grad()
def sample_logits(network: nn.Module, samples: Samples) -> Logits:
    """Return the float32 logits of samples."""
    batches = zip(samples.image.split(_BATCH), samples.relative_height.split(_BATCH), strict=True)
    logits = [network(image.float(), height) for image, height in batches]
    return Logits(
        torch.cat([batch.label for batch in logits]).float(), torch.cat([batch.case for batch in logits]).float()
    )


@torch.no_grad()
def image_features(network: Network, images: Tensor) -> Tensor:
    """Return the encoder's (n, features) float32 of (n, side, side) uint8 images."""
    return torch.cat([network.encoder(image.float()) for image in images.split(_BATCH)]).float()
