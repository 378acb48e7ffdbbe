"""The network at the beginning of each stage."""

from pathlib import Path

import torch

from src.config.params import Params
from src.config.sections import Network as NetworkSettings
from src.features.labels import UKRAINIAN, Alphabet
from src.models.network.network import Network
from src.models.network.weights import load_network, to_device


def untrained_network(params: Params, device: torch.device) -> Network:
    """Return a network that knows nothing; all that follows at random follows from `pretrain.seed`."""
    return new_network(params.network, params.pretrain.seed, device)


def new_network(settings: NetworkSettings, seed: int, device: torch.device, alphabet: Alphabet = UKRAINIAN) -> Network:
    """Return a network that knows nothing; all that follows at random follows from the seed."""
    torch.manual_seed(seed)
    return to_device(Network(settings, alphabet), device)


def pretrained_network(params: Params, path: Path, device: torch.device) -> Network:
    """Return what `pretrain` made; all that follows at random follows from `finetune.seed`.

    Raises:
        InputError: `path` is missing or no model of Pysar.
    """
    torch.manual_seed(params.finetune.seed)
    network = Network(params.network)  # dropout may differ
    network.load_state_dict(load_network(path).state_dict())
    return to_device(network, device)
