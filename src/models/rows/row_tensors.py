"""Rows of the sample table as tensors on the device."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from src.data.tables.table import label_codes, stack_images
from src.features.labels import UKRAINIAN, Alphabet


class RowTensors(NamedTuple):
    """n samples.

    image: (n, side, side) uint8, white ink on black.
    label: (n,) int64, positions in the alphabet.
    is_uppercase: (n,) float32, 1 for uppercase, 0 for lowercase, NaN where case does not exist or is not known.
    relative_height: (n,) float32 in (0, 1], NaN where unknown.
    """

    image: Tensor
    label: Tensor
    is_uppercase: Tensor
    relative_height: Tensor

    def take(self, rows: Tensor) -> "RowTensors":
        """Return the samples at the given rows."""
        return RowTensors(*(column[rows] for column in self))

    def __str__(self) -> str:
        """Name the count; a tensor's numbers are no help in a log."""
        return f"{len(self.label)} samples"


def make_tensors(frame: pd.DataFrame, device: torch.device, alphabet: Alphabet = UKRAINIAN) -> RowTensors:
    """Put a sample table's rows on the device; images travel as uint8, a quarter of float's memory."""
    case = frame["is_uppercase"].astype("Float32").to_numpy(dtype=np.float32, na_value=np.nan)
    return RowTensors(
        torch.from_numpy(stack_images(frame)).to(device),
        torch.from_numpy(label_codes(frame, alphabet)).to(device),
        torch.from_numpy(case).to(device),
        torch.from_numpy(frame["relative_height"].to_numpy(dtype=np.float32)).to(device),
    )


def join_tensors(parts: Sequence[RowTensors]) -> RowTensors:
    """Return the samples of all parts, one after another."""
    return RowTensors(*(torch.cat(columns) for columns in zip(*parts, strict=True)))


def without_heights(samples: RowTensors) -> RowTensors:
    """Hide the relative height of all."""
    return samples._replace(relative_height=torch.full_like(samples.relative_height, torch.nan))


def hide_heights(samples: RowTensors, share: float, generator: torch.Generator) -> RowTensors:
    """Hide the relative height of a random share, so that the case can also be read without it."""
    hidden = torch.rand(len(samples.label), generator=generator, device=generator.device) < share
    return samples._replace(relative_height=samples.relative_height.masked_fill(hidden, torch.nan))
