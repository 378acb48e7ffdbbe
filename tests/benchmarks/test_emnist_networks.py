"""What a user may rely on: the five published networks have the shapes that they are described with."""

import pytest
import torch
from torch import nn

from benchmarks.emnist_networks import count_numbers, lenet_like
from benchmarks.emnist_published import PUBLISHED, Recipe

SIZES = {
    "lenet_like": (47, 284_335),  # as published
    "custom_cnn": (62, 13_937_246),
    "resnet34": (62, 21_310_206 + 2 * 8_512),  # torchvision's 21,797,672 with another stem and head; its statistics
    "mnist_net": (10, 69_150),
    "two_block_cnn": (36, 1_342_212),
}


@pytest.mark.parametrize("name", SIZES)
def test_a_published_network_has_as_many_numbers_as_its_description_gives(name: str) -> None:
    classes, numbers = SIZES[name]
    assert count_numbers(PUBLISHED[name].make(classes)) == numbers


def test_the_numbers_of_the_lenet_like_network_are_those_published_only_with_its_statistics() -> None:
    network = lenet_like(47)
    assert sum(values.numel() for values in network.parameters()) == 284_335 - 2 * (12 + 24 + 480 + 320)


@pytest.mark.parametrize("name", SIZES)
def test_a_published_network_says_one_logit_a_class_of_pictures_in_bytes(name: str) -> None:
    torch.manual_seed(1)
    network = PUBLISHED[name].make(7)
    pictures = torch.randint(0, 256, (4, 28, 28), dtype=torch.uint8)
    logits = network(pictures)
    logits.sum().backward()
    assert logits.shape == (4, 7)
    assert logits.isfinite().all()
    assert all(values.grad is not None for values in network.parameters())


@pytest.mark.parametrize(
    ("name", "kernels", "dropouts"),
    [
        ("lenet_like", [(7, 0), (5, 0)], [0.25, 0.4, 0.25]),
        ("custom_cnn", [(3, 1)] * 4, []),
        ("mnist_net", [(3, 0), (3, 0), (3, 1), (3, 0)], []),
        ("two_block_cnn", [(5, 0)] * 4, [0.28] * 3),
    ],
)
def test_kernels_paddings_and_dropouts_are_those_described(
    name: str, kernels: list[tuple[int, int]], dropouts: list[float]
) -> None:
    modules = list(PUBLISHED[name].make(10).modules())
    found = [(m.kernel_size[0], int(m.padding[0])) for m in modules if isinstance(m, nn.Conv2d)]
    assert found == kernels
    assert [m.p for m in modules if isinstance(m, nn.Dropout)] == dropouts


def test_a_recipe_warms_up_and_then_falls_with_its_epochs() -> None:
    recipe = Recipe(epoch_decay=0.5, warm_up_steps=3)
    assert [recipe.rate(step, 4) for step in (0, 2, 3, 4, 8)] == [0.1, 0.1, 1.0, 0.5, 0.25]


def test_weight_decay_asks_for_adamw() -> None:
    network = nn.Linear(1, 1)
    assert isinstance(Recipe(weight_decay=1e-4).optimizer(network), torch.optim.AdamW)
    assert type(Recipe().optimizer(network)) is torch.optim.Adam
