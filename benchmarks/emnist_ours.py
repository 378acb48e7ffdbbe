"""Our side of `benchmarks/emnist.py`: normalisation, network and loop of the pipeline, on rows of EMNIST."""

import time

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.emnist_learning import Budget, Epoch, Learned, Reader
from benchmarks.emnist_networks import count_numbers
from benchmarks.emnist_rows import Parts, Rows
from src.data.pictures.normalise_all import normalise_all
from src.features.labels import Alphabet
from src.features.picture.normalize import normalize
from src.models.network.forward import row_logits
from src.models.network.network import Network
from src.models.network.weights import to_device
from src.models.rows.row_tensors import RowTensors
from src.models.training.device import Machine
from src.models.training.loop import Trainer, epochs
from src.models.training.reading import SizedTask
from src.tasks.emnist_params import EmnistParams


def learn_ours(
    alphabet: Alphabet, parts: Parts, params: EmnistParams, budget: Budget, seed: int, machine: Machine
) -> Learned:
    """Train as the stage `train_emnist` does; the seconds begin with the normalisation of its rows.

    Its epochs are those of params, along which its learning rate is planned; only seconds end it earlier.
    """
    started = time.perf_counter()
    settings = params.train.model_copy(update={"seed": seed})
    train, val = (_samples(rows, params.network.side, machine.device) for rows in (parts.train, parts.val))
    torch.manual_seed(seed)
    network = to_device(Network(params.network, alphabet), machine.device)
    trainer = Trainer(network, SizedTask(train, val, settings, alphabet=alphabet), settings, machine)
    history: list[Epoch] = []
    for values in epochs(trainer):
        history.append(Epoch(time.perf_counter() - started, values["val_loss"], values["val_label_accuracy"]))
        if history[-1].seconds >= budget.seconds:
            break
    network.load_state_dict(trainer.result.weights)
    return Learned(_reader(network.cpu().eval()), count_numbers(network), history, trainer.result.epoch)


def _samples(rows: Rows, side: int, device: torch.device) -> RowTensors:
    normalised = normalise_all(rows.images, side, "normalising EMNIST")
    return _sized(normalised.images, normalised.heights_by_pen, torch.from_numpy(rows.label), device)


def _sized(
    images: NDArray[np.uint8], heights: NDArray[np.float64], label: torch.Tensor, device: torch.device
) -> RowTensors:
    """Return samples of no case, which labels tell."""
    unknown = torch.full((len(label),), torch.nan, device=device)
    height = torch.from_numpy(heights.astype(np.float32)).to(device)
    return RowTensors(torch.from_numpy(images).to(device), label.to(device), unknown, height)


def _reader(network: Network) -> Reader:
    side = network.settings.side

    def read(images: NDArray[np.uint8]) -> NDArray[np.int64]:
        glyphs = [normalize(image, side) for image in images]
        heights = np.array([glyph.height_by_pen for glyph in glyphs], np.float64)
        label = torch.zeros(len(images), dtype=torch.int64)
        samples = _sized(np.stack([glyph.image for glyph in glyphs]), heights, label, torch.device("cpu"))
        return row_logits(network, samples).label.argmax(dim=1).numpy()

    return read
