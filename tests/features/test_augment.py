import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from src.config.sections import Augment
from src.features.augment import _affine, _change_pen, _elastic, _uniform, augment

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


def all_at(monkeypatch: pytest.MonkeyPatch, *values: float) -> None:
    """Let each random number be the one that is given for its row, or the one for all."""

    def chosen(_generator: torch.Generator, *shape: int) -> torch.Tensor:
        rows = torch.tensor(values, dtype=torch.float32).view(-1, *(1 for _ in shape[1:]))
        return rows.expand(shape).clone()

    monkeypatch.setattr("src.features.augment._uniform", chosen)


TURN, SLANT = math.radians(USUAL.rotation_degrees), math.tan(math.radians(USUAL.shear_degrees))
COSINE, SINE = math.cos(TURN), math.sin(TURN)
MORE, SHIFT = 1 + USUAL.scale, 2 * USUAL.shift_pixels / 28


@pytest.mark.parametrize(
    ("numbers", "matrix"),
    [
        ((0, 0, 0, 0, 0, 0), [[1, 0, 0], [0, 1, 0]]),
        ((1, 0, 0, 0, 0, 0), [[COSINE, -SINE, 0], [SINE, COSINE, 0]]),
        ((0, 1, 0, 0, 0, 0), [[1, SLANT, 0], [0, 1, 0]]),
        ((1, -1, 0, 0, 0, 0), [[COSINE, -SLANT * COSINE - SINE, 0], [SINE, COSINE - SLANT * SINE, 0]]),
        ((1, 0, 1, -1, 0, 0), [[MORE * COSINE, -MORE * SINE, 0], [SINE / MORE, COSINE / MORE, 0]]),
        ((0, 0, 0, 0, 1, -0.5), [[1, 0, SHIFT], [0, 1, -SHIFT / 2]]),
    ],
)  # fmt: skip
def test_the_largest_of_each_is_what_the_settings_say(
    numbers: tuple[float, ...], matrix: list[list[float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    all_at(monkeypatch, *numbers)
    torch.testing.assert_close(_affine(3, USUAL, generator()), torch.tensor([matrix] * 3, dtype=torch.float32))


@pytest.mark.parametrize("side", [28, 56])
def test_pixels_are_those_of_a_picture_of_28(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    all_at(monkeypatch, 0, 0, 0, 0, 1, -1)
    dot = torch.zeros(1, side, side)
    dot[0, side // 2, side // 2] = 255
    moved = augment(dot, STILL.model_copy(update={"shift_pixels": 2.0}), generator())
    far = 2 * side // 28
    assert moved[0].argmax().item() == (side // 2 + far) * side + side // 2 - far


def test_the_elastic_field_is_smooth_and_as_large_as_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    field = _elastic(50, 56, 3.0, generator())
    assert field.shape == (50, 56, 56, 2)
    assert 0.9 < field.abs().max() * 28 / 2 / 3.0 < 1.4  # a cubic overshoots
    assert field.diff(dim=1).abs().max() < 0.3 * field.abs().max()
    assert not torch.equal(field[..., 0], field[..., 1])
    knots = _uniform(generator(), 50, 2, 5, 5)
    torch.testing.assert_close(field[:, 0, -1, 1], knots[:, 1, 0, -1] * 2 * 3.0 / 28)
    all_at(monkeypatch, 1)
    torch.testing.assert_close(_elastic(1, 28, 3.0, generator()), torch.full((1, 28, 28, 2), 6 / 28))


def test_random_numbers_are_from_minus_one_to_one() -> None:
    numbers = _uniform(generator(), 10_000)
    assert -1 <= numbers.min() < -0.99
    assert 0.99 < numbers.max() < 1


@pytest.mark.parametrize(("number", "around", "middle"), [(1, 200, 200), (0.5, 100, 200), (0, 0, 200), (-0.5, 0, 100)])
def test_the_pen_grows_and_shrinks_by_a_pixel_at_most(
    number: float, around: float, middle: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_at(monkeypatch, number)
    dots = torch.zeros(2, 1, 9, 9)
    dots[:, :, 0, 0] = dots[:, :, 5, 5] = 200
    changed = _change_pen(dots, 1.0, generator())
    wanted = torch.zeros(2, 1, 9, 9)
    wanted[:, :, :2, :2] = wanted[:, :, 4:7, 4:7] = around
    wanted[:, :, 0, 0] = wanted[:, :, 5, 5] = middle
    torch.testing.assert_close(changed, wanted)
    torch.testing.assert_close(_change_pen(dots, 0.5, generator()), torch.lerp(dots, wanted, 0.5))


def test_each_pen_is_changed_in_its_own_way_and_in_both() -> None:
    bar = torch.zeros(200, 1, 9, 9)
    bar[..., 3:6] = 200
    ink = _change_pen(bar, 0.5, generator()).sum(dim=(1, 2, 3)) / bar[0].sum()
    assert len(ink.unique()) > 150
    assert ink.min() < 0.75
    assert ink.max() > 1.2


def test_the_pictures_that_are_distorted_stay_as_they_were() -> None:
    images = cross(2)
    before = images.clone()
    augment(images, USUAL, generator())
    assert torch.equal(images, before)
