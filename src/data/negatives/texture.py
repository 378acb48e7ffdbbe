"""Patches of photographs: those that scikit-learn brings (sklearn.datasets.load_sample_image; CC BY)."""

import cv2
import numpy as np
from sklearn.datasets import load_sample_image

from src.data.negatives.negative import Negative
from src.data.negatives.negative_table import NegativeSplit
from src.features.picture.grey import Grey
from src.features.picture.normalize import normalize

PHOTOGRAPHS: dict[NegativeSplit, str] = {"val": "flower.jpg", "test": "china.jpg"}

_SMALLEST, _LARGEST = 28, 240
_LEAST_CONTRAST = 60
_INK = 127
_NARROWEST = 14
"""Shorter side of the ink in the network's picture, px of 28."""
_LEAST_INK = 0.15


def cut_textures(count: int, split: NegativeSplit, generator: np.random.Generator) -> list[Negative]:
    """Cut `count` patches of 28 to 240 px out of the split's photograph, some paler or inverted.

    What comes out as little more than a bar is passed over: it is a plausible 1 or І, and asks nothing of a network.
    """
    name = PHOTOGRAPHS[split]
    grey = np.asarray(cv2.cvtColor(load_sample_image(name), cv2.COLOR_RGB2GRAY), np.uint8)
    patches: list[Negative] = []
    while len(patches) < count:
        patch = _cut(grey, generator)
        if np.ptp(patch) >= _LEAST_CONTRAST and _has_shape(patch):
            patches.append(Negative(patch, "scikit_learn", f"{name}-{len(patches):04d}"))
    return patches


def _has_shape(patch: Grey) -> bool:
    """Say whether a patch, once normalised, has enough ink, and is broad and tall enough, to be no mere bar."""
    ink = (normalize(patch).image > _INK).astype(np.uint8)
    _, _, width, height = cv2.boundingRect(ink)
    return bool(min(width, height) >= _NARROWEST and ink.mean() >= _LEAST_INK)


def _cut(grey: Grey, generator: np.random.Generator) -> Grey:
    height, width = np.exp(generator.uniform(np.log(_SMALLEST), np.log(_LARGEST), 1)[0]) * generator.uniform(0.8, 1, 2)
    top, left = generator.integers(0, grey.shape[0] - int(height)), generator.integers(0, grey.shape[1] - int(width))
    patch = grey[top : top + int(height), left : left + int(width)].astype(np.float64)
    faded = patch.mean() + (patch - patch.mean()) * generator.uniform(0.6, 1.6)
    clipped = np.clip(faded, 0, 255).astype(np.uint8)
    return np.asarray(255 - clipped if generator.random() < 0.3 else clipped, np.uint8)
