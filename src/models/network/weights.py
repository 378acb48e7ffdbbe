"""Networks on disk: safetensors with the shape of the network beside its weights."""

import json
from pathlib import Path
from typing import Any, TypeVar

import torch
from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from src.common.errors import InputError
from src.common.files import replace_file
from src.config.sections import Network as NetworkSettings
from src.features.labels import UKRAINIAN, Alphabet
from src.models.network.network import Network

_KEY = "pysar"

AnyNetwork = TypeVar("AnyNetwork", bound=nn.Module)


def save_network(network: Network, settings: NetworkSettings, path: Path) -> None:
    """Write a network so that the same weights give the same bytes."""
    described = {"network": settings.model_dump(), **network.alphabet.described()}
    weights = {name: weight.detach().cpu().contiguous() for name, weight in network.state_dict().items()}
    # One key of metadata: safetensors writes several in no fixed order.
    metadata = {_KEY: json.dumps(described, sort_keys=True, ensure_ascii=False)}
    with replace_file(path) as temporary:
        save_file(weights, temporary, metadata=metadata)
        temporary.chmod(0o644)  # safetensors makes files that only their owner can read


def load_network(path: Path, alphabet: Alphabet = UKRAINIAN) -> Network:
    """Read a network of this alphabet, on the CPU and in evaluation mode.

    Raises:
        InputError: The file is missing, or is no model of Pysar, or one of another alphabet.
    """
    settings, weights = _read(path, alphabet)
    network = Network(settings, alphabet)
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise InputError(f"{path}: its weights do not fit its network; run `dvc repro` to make it again") from error
    return network.eval()


def _read(path: Path, alphabet: Alphabet) -> tuple[NetworkSettings, dict[str, Tensor]]:
    if not path.is_file():
        raise InputError(f"{path}: no such model; run `dvc repro` to make it")
    try:
        with safe_open(path, framework="pt") as archive:
            described: dict[str, Any] = json.loads((archive.metadata() or {})[_KEY])
            settings = NetworkSettings.model_validate(described.pop("network"))
            weights = {name: archive.get_tensor(name) for name in archive.keys()}  # noqa: SIM118 - no mapping
    except (SafetensorError, KeyError, ValueError, ValidationError) as error:
        raise InputError(f"{path}: not a model of Pysar; run `dvc repro` to make one") from error
    if described != alphabet.described():
        raise InputError(f"{path}: a model of another alphabet; run `dvc repro` to make one of ours")
    return settings, weights


def to_device(network: AnyNetwork, device: torch.device) -> AnyNetwork:
    """Move a network to the device, in the memory layout in which convolutions are fastest there."""
    return network.to(device).to(memory_format=torch.channels_last)
