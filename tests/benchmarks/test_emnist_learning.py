"""What a user may rely on: each network of the benchmark learns the rows within its limits, and reads raw pictures."""

from pathlib import Path

import numpy as np
import pytest
import torch

from benchmarks.emnist_learning import Budget, Epoch, is_enough, learn_published
from benchmarks.emnist_ours import learn_ours
from benchmarks.emnist_published import PUBLISHED, Recipe
from benchmarks.emnist_rows import Parts, read_parts
from benchmarks.emnist_speed import time_reader
from src.models.training.device import Machine
from src.tasks.emnist import VARIANTS
from src.tasks.emnist_params import load_emnist_params
from tests.benchmarks.emnist_files import write_params, write_rows

MNIST = VARIANTS["mnist"]
CPU = Machine(torch.device("cpu"), bfloat16=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("emnist")


@pytest.fixture(scope="module")
def parts(folder: Path) -> Parts:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        write_rows(MNIST, {"train": 32, "val": 8, "test": 10})
        return read_parts(MNIST)[0]


@pytest.mark.parametrize("name", ["lenet_like", "mnist_net"])
def test_a_published_network_learns_until_its_loss_no_longer_falls(name: str, parts: Parts) -> None:
    doubtful = parts.val.label.copy()
    doubtful[::4] = (doubtful[::4] + 1) % 10  # what is learned too well is soon punished
    val = parts.val._replace(label=doubtful)
    published = PUBLISHED[name]._replace(recipe=Recipe(batch_size=16, learning_rate=3e-3))
    learned = learn_published(published, 10, parts._replace(val=val), Budget(600, 2), 1, CPU)
    losses = [epoch.loss for epoch in learned.history]
    assert int(np.argmin(losses)) == len(losses) - 3
    chosen = learned.history[learned.chosen - 1].accuracy
    assert chosen == max(epoch.accuracy for epoch in learned.history)
    assert (learned.read(val.images) == val.label).mean() == pytest.approx(chosen)
    assert (learned.read(parts.test.images) == parts.test.label).mean() > 0.9


def test_a_network_whose_seconds_are_over_ends_in_its_first_epoch(parts: Parts) -> None:
    learned = learn_published(PUBLISHED["lenet_like"], 10, parts, Budget(0, 3), 1, CPU)
    assert len(learned.history) == learned.chosen == 1


def test_the_same_seed_gives_the_same_answers_and_another_seed_others(parts: Parts) -> None:
    first, again, other = (
        learn_published(PUBLISHED["lenet_like"], 10, parts, Budget(0, 1), seed, CPU).history[0].loss
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_ours_learns_the_epochs_of_its_params(parts: Parts, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    write_params(folder, epochs=6, batch_size=16, ema_decay=0.8)
    learned = learn_ours(MNIST.alphabet, parts, load_emnist_params(), Budget(600, 1), 1, CPU)
    assert len(learned.history) == 6
    assert learned.chosen == 1 + int(np.argmin([epoch.loss for epoch in learned.history]))
    assert (learned.read(parts.test.images) == parts.test.label).mean() > 0.9


@pytest.mark.parametrize(
    ("losses", "enough"),
    [([], False), ([3, 2], False), ([2, 3], False), ([2, 3, 2], True), ([3, 2, 2.5], False), ([3, 2, 2.5, 2.4], True)],
)
def test_enough_is_when_the_loss_has_not_fallen_for_as_many_epochs_as_there_is_patience(
    losses: list[float], enough: bool
) -> None:
    assert is_enough([Epoch(1.0, loss, 0.5) for loss in losses], Budget(10, 2)) == enough


def test_speed_is_of_pictures_alone_and_together(parts: Parts) -> None:
    sizes: list[int] = []

    def read(images: np.ndarray) -> np.ndarray:
        sizes.append(len(images))
        return np.zeros(len(images), np.int64)

    before = torch.get_num_threads()
    speed = time_reader(read, parts.val.images)
    assert sizes.count(1) >= len(parts.val.label)
    assert max(sizes) == 64
    assert speed.milliseconds > 0
    assert speed.pictures_a_second > 0
    assert torch.get_num_threads() == before
