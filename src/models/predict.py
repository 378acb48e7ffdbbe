"""Networks on many images, a batch at a time, without gradients."""

import torch
from torch import nn

from src.models.network import Logits
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
