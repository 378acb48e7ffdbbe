import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from src.config.sections import Augment
from src.features.augment import augment

STILL = Augment(rotation_degrees=0, shear_degrees=0, scale=0, shift_pixels=0, elastic_pixels=0, stroke_width=0)
USUAL = Augment(rotation_degrees=12, shear_degrees=12, scale=0.12, shift_pixels=2, elastic_pixels=1, stroke_width=0.5)


def cross(rows: int) -> torch.Tensor:
    """Return a cross in the middle, with one long arm so that a flip would show."""
    image = torch.zeros(rows, 28, 28, dtype=torch.uint8)
    image[:, 6:22, 13:15] = 255
    image[:, 13:15, 6:16] = 255
    return image


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 9))
def test_shape_range_and_ink_stay(seed: int, rows: int) -> None:
    images = cross(rows)
    distorted = augment(images, USUAL, generator(seed))
    assert distorted.shape == images.shape
    assert distorted.dtype == torch.float32
    assert distorted.min() >= 0
    assert distorted.max() <= 255.01
    ink = distorted.sum(dim=(1, 2)) / images.float().sum(dim=(1, 2))
    assert ((ink > 1 / 3) & (ink < 3)).all()


def test_nothing_allowed_changes_nothing() -> None:
    torch.testing.assert_close(augment(cross(3), STILL, generator()), cross(3).float(), atol=0.01, rtol=0)


def test_no_picture_is_flipped() -> None:
    images = cross(200)
    distorted = augment(images, USUAL, generator())
    alike = torch.nn.functional.cosine_similarity(distorted.flatten(1), images.float().flatten(1))
    mirrored = torch.nn.functional.cosine_similarity(distorted.flatten(1), images.float().flip(2).flatten(1))
    assert alike.mean() > mirrored.mean() + 0.05


def test_each_picture_is_distorted_in_its_own_way_and_the_same_seed_repeats_it() -> None:
    first, again, other = (augment(cross(4), USUAL, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert not torch.equal(first[0], first[1])


@pytest.mark.parametrize(
    "name", ["rotation_degrees", "shear_degrees", "scale", "shift_pixels", "elastic_pixels", "stroke_width"]
)
def test_every_setting_distorts(name: str) -> None:
    only = STILL.model_copy(update={name: getattr(USUAL, name)})
    assert (augment(cross(8), only, generator()) - cross(8)).abs().max() > 20


def test_a_shift_moves_the_ink_by_no_more_than_was_allowed() -> None:
    only = STILL.model_copy(update={"shift_pixels": 2.0})
    weights = augment(cross(300), only, generator())
    columns = (weights.sum(dim=1) * torch.arange(28)).sum(dim=1) / weights.sum(dim=(1, 2))
    still = (cross(1).float().sum(dim=1) * torch.arange(28)).sum() / cross(1).float().sum()
    assert (columns - still).abs().max() <= 2.01
    assert (columns - still).abs().max() > 1.8
