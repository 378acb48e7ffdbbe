"""Time our pretraining on MNIST alone against the published recipe, both here: `python -m benchmarks.pretrain`.

Ours is timed from the raw pictures on, with their normalisation; both are tested on MNIST's test file. Run it on an
otherwise idle machine. Writes benchmarks/results/pretrain.json.

Denormal numbers are flushed to zero for both. Weights that the published weight decay drives towards zero become
denormal after some ten epochs, and without this its last epochs take three times as long on a CPU: that is the
processor's doing and not the recipe's.
"""

import gzip
import logging
import platform
import time
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.published_recipe import EPOCHS, test_published, train_published
from src.common.command import Command
from src.common.files import write_json
from src.config.params import Params, load_params
from src.config.paths import RAW_MNIST
from src.data.pictures.normalise_all import normalise_all
from src.models.network.forward import row_logits
from src.models.network.network import Network
from src.models.network.weights import to_device
from src.models.rows.row_tensors import RowTensors
from src.models.scoring.answers import make_answers
from src.models.scoring.intervals import wilson
from src.models.scoring.metrics import kind_known_right
from src.models.training.device import Machine, prepare_machine
from src.models.training.loop import Trainer, learn
from src.models.training.reading import ReadingTask
from src.workspace.measurements import on_disk, revision_of

logger = logging.getLogger(__name__)

RESULT = Path("benchmarks/results/pretrain.json")


@click.command(cls=Command)
@click.option("--ours-only", is_flag=True, help="Skip the published recipe and write nothing.")
def main(ours_only: bool) -> None:
    """Train both, print both, write the ratio."""
    torch.set_flush_denormal(True)
    revision = revision_of(RESULT.name, on_disk(Path()))
    train, test = read_digits("train"), read_digits("t10k")
    machine = prepare_machine(load_params().compute)
    ours = time_ours(train, test, load_params(), machine)
    click.echo(f"ours: {ours}")
    if ours_only:
        return
    published = time_published(train, test)
    click.echo(f"published: {published}")
    ratio = published["seconds"] / ours["seconds"]
    click.echo(f"ours takes 1/{ratio:.1f} of the published recipe's time")
    described = {"machine": f"{machine.describe()}, {platform.machine()}", "published_by_ours": round(ratio, 2)}
    write_json(RESULT, {"ours": ours, "published": published, **described, "revision": revision})


def read_digits(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return images (n, 28, 28) and labels (n,), uint8, of an IDX pair."""
    images = gzip.decompress((RAW_MNIST / f"{name}-images-idx3-ubyte.gz").read_bytes())[16:]
    labels = gzip.decompress((RAW_MNIST / f"{name}-labels-idx1-ubyte.gz").read_bytes())[8:]
    return np.frombuffer(images, np.uint8).reshape(-1, 28, 28).copy(), np.frombuffer(labels, np.uint8).copy()


def time_ours(
    train: tuple[np.ndarray, np.ndarray], test: tuple[np.ndarray, np.ndarray], params: Params, machine: Machine
) -> dict[str, Any]:
    """Train as the stage `pretrain` does; the normalisation of the training pictures counts."""
    settings = params.pretrain
    started = time.perf_counter()
    samples = _samples(*train, params.network.side, machine.device)
    held_back = round(settings.val_size * len(samples.label))
    order = torch.randperm(len(samples.label), generator=torch.Generator().manual_seed(settings.seed))
    torch.manual_seed(settings.seed)
    network = to_device(Network(params.network), machine.device)
    task = ReadingTask(samples.take(order[held_back:]), samples.take(order[:held_back]), settings)
    learn(Trainer(network, task, settings, machine))
    seconds = time.perf_counter() - started
    return {"epochs": settings.epochs, **_score(_right(network, test, machine.device), seconds)}


def time_published(train: tuple[np.ndarray, np.ndarray], test: tuple[np.ndarray, np.ndarray]) -> dict[str, Any]:
    """Train as published."""
    started = time.perf_counter()

    def report(epoch: int, accuracy: float) -> None:
        logger.info("published epoch %d: %.4f, %.0f s", epoch, accuracy, time.perf_counter() - started)

    network = train_published(*train, on_epoch=report)
    seconds = time.perf_counter() - started
    return {"epochs": EPOCHS, **_score(test_published(network, *test), seconds)}


def _samples(images: np.ndarray, labels: np.ndarray, side: int, device: torch.device) -> RowTensors:
    normalized = normalise_all(images, side, "normalising MNIST").images
    unknown = torch.full((len(labels),), torch.nan, device=device)
    label = torch.from_numpy(labels.astype(np.int64)).to(device)
    return RowTensors(torch.from_numpy(normalized).to(device), label, unknown, unknown)


def _right(network: Network, test: tuple[np.ndarray, np.ndarray], device: torch.device) -> NDArray[np.bool_]:
    samples = _samples(*test, network.settings.side, device)
    return kind_known_right(make_answers(row_logits(network.eval(), samples), samples))


def _score(right: NDArray[np.bool_], seconds: float) -> dict[str, Any]:
    return {"seconds": round(seconds, 1), **wilson(right).as_json()}


if __name__ == "__main__":
    main()
