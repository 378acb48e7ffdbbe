"""What training makes small."""

import torch
from torch import Tensor
from torch.nn import functional

from src.models.network.network import Logits


def two_headed_loss(
    logits: Logits, label: Tensor, is_uppercase: Tensor, case_weight: float, label_smoothing: float
) -> Tensor:
    """Return cross-entropy of the label plus `case_weight` times binary cross-entropy of the case, a scalar.

    Rows whose case is NaN (all digits) count in the first term only; the second is the mean over the others, 0 where
    there is none.
    """
    loss = functional.cross_entropy(logits.label, label, label_smoothing=label_smoothing)
    has_case = ~torch.isnan(is_uppercase)
    target = torch.where(has_case, is_uppercase, torch.zeros_like(is_uppercase))
    case = functional.binary_cross_entropy_with_logits(logits.case, target, reduction="none")
    return loss + case_weight * (case * has_case).sum() / has_case.sum().clamp(min=1)
