"""Ink on paper that is not even: shaded, in shadow, or of another colour than its border.

The paper's own light is followed in two steps, in a small picture: a quadratic surface takes what falls off smoothly, a
wide median what jumps at the edge of a shadow. What is darker than its paper, or of another colour, is ink. Light is
taken in logarithms, in which a shadow and a translucent pen are sums.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from src.features.picture.pixels import Pixels, is_coloured

Darkness = NDArray[np.float32]
"""(height, width, channels), the logarithm of how many times darker than its paper a pixel is; negative if brighter."""
Strength = NDArray[np.float32]
"""(height, width), of ink, of all channels together; at least 0."""

_COARSE, _NARROWEST = 48, 10
"""Longest side of the small picture in which the paper is looked for, and the least of the other, px."""
_WINDOW = 0.4
"""Side of the median's window, as a share of the shorter side: ink covers less than half of it."""
_EDGE = 3
"""Of the small picture; its outermost pixels are taken for paper like that within."""
_ROUNDS, _OUTSIDE = 4, 2.5
"""How often the surface is fitted again to what is nearer to it than so many deviations."""
_FEWEST = 30
_DARKEST = 8
"""Of 255; what is darker is taken for that, for noise is large there."""
_UNIT = 128
_BRIGHT, _BRIGHTER = 0.3, 2.0
"""Ink is bright where a picture's bright ends are so far from the paper, and so many times as far as its dark ones."""
_COLOUR_BLUR = 0.8
"""Of colour alone, px: JPEG keeps it coarsely."""
_LOGARITHMS = np.log(np.maximum(np.arange(256), _DARKEST)).astype(np.float32)
_ENOUGH = 100
"""Statistics are those of so many rows and columns, about."""


def darkness_of(pixels: Pixels) -> Darkness:
    """Return how much darker than its own paper each pixel of a picture is; brighter where the ink is bright."""
    seen = pixels if is_coloured(pixels) else pixels[..., None]
    lowest, highest = _paper(seen)
    light = _channels_last(cv2.LUT(seen, _LOGARITHMS))
    # Between what is paper on either side of a shadow's edge, nothing is ink.
    darkness = np.maximum(lowest - light, 0) - np.maximum(light - highest, 0)
    grey = _mean(darkness)
    darkest, brightest = strongest_of(grey, 2), strongest_of(-grey, 2)
    turned = brightest > max(_BRIGHT, _BRIGHTER * darkest)
    return np.asarray(-darkness if turned else darkness, np.float32)


def strength_of(darkness: Darkness) -> Strength:
    """Return the ink of all channels as one: what is darker in all, and what is of another colour."""
    grey = _mean(darkness)
    ink = np.asarray(np.maximum(grey, 0), np.float32)
    if darkness.shape[2] == 1:
        return ink
    colour = np.asarray(cv2.GaussianBlur(darkness - grey[..., None], (0, 0), _COLOUR_BLUR))
    return np.asarray(cv2.sqrt(ink * ink + 3 * _mean(colour * colour)), np.float32)


def noise_of(strength: Strength) -> float:
    """Return the deviation of the paper's grain, of which a picture has more than half."""
    some = _some(strength).ravel()
    paper = some[some <= np.median(some)]
    return 1.48 * float(np.median(np.abs(paper - np.median(paper)))) + 0.004


def strongest_of(strength: NDArray[np.float32], hundredths: float) -> float:
    """Return the least of the so many hundredths that are strongest."""
    return float(np.percentile(_some(strength), 100 - hundredths))


def _some(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    step = max(1, min(picture.shape) // _ENOUGH)
    return picture[::step, ::step]


def _mean(darkness: Darkness) -> Strength:
    """Return the mean of the channels; NumPy's takes ten times as long."""
    channels = darkness.shape[2]
    if channels == 1:
        return darkness[..., 0]
    return np.asarray(cv2.transform(darkness, np.full((1, channels), 1 / channels, np.float32)), np.float32)


def _paper(seen: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the logarithm of the darkest and of the brightest paper near each pixel of a picture."""
    height, width, _ = seen.shape
    share = _COARSE / max(height, width)
    size = (max(_NARROWEST, round(width * share)), max(_NARROWEST, round(height * share)))
    coarse = _channels_last(cv2.resize(seen, size, interpolation=cv2.INTER_AREA))
    surface = _surface(coarse)
    window = int(min(size) * _WINDOW) | 1
    levels = np.clip(coarse / surface * _UNIT, 0, 255).astype(np.uint8)
    medians = [_median(level, window) for level in np.moveaxis(levels, 2, 0)]
    paper = np.log(np.maximum(surface * np.stack(medians, axis=2) / _UNIT, _DARKEST)).astype(np.float32)
    near = np.ones((3, 3), np.uint8)
    lowest, highest = (
        _channels_last(cv2.resize(spread(paper, near), (width, height), interpolation=cv2.INTER_LINEAR))
        for spread in (cv2.erode, cv2.dilate)
    )
    return lowest, highest


def _median(levels: NDArray[np.uint8], window: int) -> NDArray[np.uint8]:
    """Return the median around each pixel. What lies at the edge is repeated beyond it, but not a cell's line there."""
    inner = np.ascontiguousarray(levels[_EDGE:-_EDGE, _EDGE:-_EDGE])
    framed = cv2.copyMakeBorder(inner, _EDGE, _EDGE, _EDGE, _EDGE, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.medianBlur(framed, window), np.uint8)


def _surface(coarse: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a quadratic surface through the paper of each channel; what is far from it is ink."""
    height, width, channels = coarse.shape
    terms = _terms(height, width)
    values = coarse.reshape(-1, channels).astype(np.float64)
    grey, near = values.mean(axis=1), np.ones(len(values), np.bool_)
    for _ in range(_ROUNDS):
        away = np.abs(grey - terms @ _fitted(terms[near], grey[near]))
        now_near = away < _OUTSIDE * (1.48 * float(np.median(away)) + 1)
        if np.count_nonzero(now_near) < _FEWEST:
            break
        near = now_near
    fitted = terms @ _fitted(terms[near], values[near])
    # Beyond what it was fitted to, it may fall or rise without end.
    lowest, highest = np.percentile(values, (2, 98), axis=0)
    return np.asarray(np.clip(fitted, np.maximum(lowest, 1), highest + 1).reshape(coarse.shape), np.float32)


def _fitted(terms: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve the normal equations of least squares: the terms are few, and of one size."""
    return np.asarray(np.linalg.lstsq(terms.T @ terms, terms.T @ values, rcond=None)[0])


@lru_cache(maxsize=8)
def _terms(height: int, width: int) -> NDArray[np.float64]:
    rows, columns = np.mgrid[0:height, 0:width]
    y, x = (rows / height - 0.5).ravel(), (columns / width - 0.5).ravel()
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)


def _channels_last(resized: cv2.typing.MatLike) -> NDArray[np.float32]:
    """Give back the axis of one channel, which OpenCV drops."""
    picture = np.asarray(resized, np.float32)
    return picture if picture.ndim == 3 else picture[..., None]
