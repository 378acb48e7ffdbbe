"""What a user may rely on from the normalisation that TorchScript carries: it gives what Python's gives."""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest
import torch
from hypothesis import assume, example, given, settings

from src.data.writer.draw import draw_glyph
from src.features.labels import LABELS
from src.features.picture.ink import find_ink
from src.features.picture.normalize import Glyph, normalize
from src.release.scripted_normalize import Normalize
from tests.features.pictures import SHAPES, Grey, draw, likeness, noises

pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script. is deprecated:FutureWarning")


@cache
def _script(side: int) -> torch.nn.Module:
    module: torch.nn.Module = torch.jit.script(Normalize(side))
    return module


def _glyph(grey: Grey, side: int = 28) -> Glyph:
    image, height = _script(side)(torch.from_numpy(grey.copy()))
    return Glyph(image.numpy(), None if torch.isnan(height) else float(height))


def _difference(grey: Grey, side: int = 28, *, alike: float = 0.999) -> float:
    """Return the mean difference of the two in greys; single strokes may flip where a threshold is met by rounding.

    OpenCV itself rounds otherwise from processor to processor.
    """
    here, there = _glyph(grey, side), normalize(grey, side)
    assert here.image.shape == there.image.shape
    assert here.image.dtype == there.image.dtype
    assert here.relative_height == pytest.approx(there.relative_height)
    assert not (here.image.any() or there.image.any()) or likeness(here, there) > alike
    return float(np.abs(here.image.astype(int) - there.image).mean())


def _small(grey: Grey) -> Grey:
    return np.asarray(cv2.resize(grey, (60, 50), interpolation=cv2.INTER_AREA), np.uint8)


def _large_inverted(grey: Grey) -> Grey:
    return np.asarray(255 - cv2.resize(grey, (640, 480)), np.uint8)


def _pale_and_noisy(grey: Grey) -> Grey:
    noise = np.random.default_rng(int(grey[0, 0])).normal(0, 2, grey.shape)
    return np.asarray(np.clip(grey * 0.5 + 60 + noise, 0, 255), np.uint8)


def _thin(grey: Grey) -> Grey:
    return np.asarray(cv2.dilate(grey, np.ones((5, 5), np.uint8)), np.uint8)


@pytest.mark.parametrize("change", [np.copy, _small, _large_inverted, _pale_and_noisy, _thin])
def test_every_letter_and_digit_gives_the_greys_that_python_gives(change: Callable[[Grey], Grey]) -> None:
    generator = np.random.default_rng(0)
    pictures = [change(draw_glyph(label, code % 2 == 1, generator)) for code, label in enumerate(LABELS)]
    simple = [picture for picture in pictures if _is_simple(picture)]
    assert len(simple) > 0.8 * len(pictures)
    assert np.mean([_difference(picture) for picture in simple]) < 0.05


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("pen", [1, 2, 20])
def test_hairlines_and_markers_give_the_greys_that_python_gives(shape: str, pen: int) -> None:
    for side in (28, 40):
        assert _difference(np.asarray(draw(shape, 200, pen), np.uint8), side) < 0.3


@settings(deadline=None, max_examples=60)
@given(grey=noises(longest=150))
@example(grey=np.array([[0, 200]], np.uint8))
@example(grey=np.array([[0]], np.uint8))
@example(grey=np.zeros((0, 0), np.uint8))
@example(grey=np.zeros((0, 5), np.uint8))
@example(grey=np.full((40, 30), 127, np.uint8))
def test_noise_of_any_size_gives_about_the_greys_that_python_gives(grey: Grey) -> None:
    assume(_is_simple(grey))
    assert _difference(grey, alike=0.98) < 5


def test_a_picture_of_uneven_paper_is_refused() -> None:
    grey = np.broadcast_to(np.linspace(100, 250, 60), (50, 60)).astype(np.uint8)
    with pytest.raises(torch.jit.Error, match="the paper is not even"):
        _glyph(grey)


def _is_simple(grey: Grey) -> bool:
    """Say whether all that differs from the border is ink: even paper, no dust, no cell."""
    if grey.size == 0:
        return True
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    found, ink = find_ink(grey), np.abs(grey.astype(int) - int(np.median(border)))
    if found is None:
        return int(np.ptp(border)) <= 14
    return found.strength.shape == grey.shape and np.array_equal(found.strength, ink)
