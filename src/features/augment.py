"""Random distortions of training images, as batched tensor operations on the device where the images are.

No image is flipped: a mirrored `є` is another letter.
"""

import math
from collections.abc import Callable

import torch
from torch import Generator, Tensor
from torch.nn import functional

from src.config.sections import Augment
from src.features.picture.frame import SIDE

_ELASTIC_KNOTS = 5
"""Side of the coarse field whose smooth enlargement displaces the pixels (after Simard et al., 2003)."""


def augment(images: Tensor, settings: Augment, generator: Generator) -> Tensor:
    """Return (n, side, side) float32 images, 0..255, each distorted in its own way.

    Args:
        images: (n, side, side) uint8 or float, white ink on black.
        settings: The largest rotation, shear, scale, shift, elastic displacement and change of the pen; pixels are
            those of a picture of 28 px, and grow with it.
        generator: Random numbers, on the device of `images`.
    """
    pictures = images.to(torch.float32).unsqueeze(1)
    grid = functional.affine_grid(_affine(len(images), settings, generator), list(pictures.shape), False)
    if settings.elastic_pixels > 0:
        grid = grid + _elastic(len(images), images.shape[-1], settings.elastic_pixels, generator)
    moved = functional.grid_sample(pictures, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return _change_pen(moved, settings.stroke_width, generator).squeeze(1)


def _uniform(generator: Generator, *shape: int) -> Tensor:
    """Return uniform numbers in [-1, 1)."""
    return torch.rand(*shape, generator=generator, device=generator.device) * 2 - 1


def _affine(count: int, settings: Augment, generator: Generator) -> Tensor:
    """Return (count, 2, 3) float32 matrices that map where a pixel goes to where it comes from."""
    angle, shear, scale_x, scale_y, shift_x, shift_y = _uniform(generator, 6, count)
    angle = angle * math.radians(settings.rotation_degrees)
    slant = torch.tan(shear * math.radians(settings.shear_degrees))
    wide, high = torch.exp(scale_x * math.log1p(settings.scale)), torch.exp(scale_y * math.log1p(settings.scale))
    cosine, sine = torch.cos(angle), torch.sin(angle)
    pixels = 2 * settings.shift_pixels / SIDE
    rows = [wide * cosine, wide * (slant * cosine - sine), shift_x * pixels]
    columns = [high * sine, high * (slant * sine + cosine), shift_y * pixels]
    return torch.stack(rows + columns, dim=1).view(count, 2, 3)


def _elastic(count: int, side: int, pixels: float, generator: Generator) -> Tensor:
    """Return (count, side, side, 2) smooth displacements in the units of `grid_sample`."""
    knots = _uniform(generator, count, 2, _ELASTIC_KNOTS, _ELASTIC_KNOTS)
    field = functional.interpolate(knots, size=(side, side), mode="bicubic", align_corners=True)
    return field.permute(0, 2, 3, 1) * (2 * pixels / SIDE)


def _change_pen(pictures: Tensor, amount: float, generator: Generator) -> Tensor:
    """Blend each picture with its dilation (thicker pen) or erosion (thinner pen) by up to `amount`."""
    if amount == 0:
        return pictures
    share = _uniform(generator, len(pictures), 1, 1, 1) * amount
    thicker, thinner = _over_neighbours(pictures, torch.maximum), _over_neighbours(pictures, torch.minimum)
    return torch.lerp(pictures, torch.where(share > 0, thicker, thinner), share.abs())


def _over_neighbours(pictures: Tensor, choose: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Return the largest or smallest of each pixel's 3x3 neighbours; six times faster than pooling on a CPU."""
    padded = functional.pad(pictures, (1, 1, 1, 1))
    rows = choose(choose(padded[..., :-2, :], padded[..., 1:-1, :]), padded[..., 2:, :])
    return choose(choose(rows[..., :-2], rows[..., 1:-1]), rows[..., 2:])
