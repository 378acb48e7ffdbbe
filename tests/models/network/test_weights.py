from pathlib import Path

import pytest
import torch

from src.common.digests import file_digest
from src.common.errors import InputError
from src.features.labels import Alphabet
from src.models.network.network import Network
from src.models.network.weights import load_network, save_network
from tests.models.factory import NETWORK


def test_a_network_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    network = Network(NETWORK).eval()
    save_network(network, NETWORK, tmp_path / "network.safetensors")
    image, height = torch.rand(2, 28, 28) * 255, torch.tensor([0.5, torch.nan])
    loaded = load_network(tmp_path / "network.safetensors")
    assert torch.equal(loaded(image, height).label, network(image, height).label)
    assert not loaded.training


def test_the_same_weights_give_the_same_bytes_whatever_their_layout(tmp_path: Path) -> None:
    network = Network(NETWORK)
    save_network(network, NETWORK, tmp_path / "first")
    save_network(network.to(memory_format=torch.channels_last), NETWORK, tmp_path / "second")
    assert file_digest(tmp_path / "first") == file_digest(tmp_path / "second")


@pytest.mark.parametrize("content", [b"", b"not a model at all", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_file_that_is_no_model_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model").write_bytes(content)
    with pytest.raises(InputError, match=r"model: not a model of Pysar"):
        load_network(tmp_path / "model")


def test_a_cut_model_is_named(tmp_path: Path) -> None:
    save_network(Network(NETWORK), NETWORK, tmp_path / "model")
    (tmp_path / "model").write_bytes((tmp_path / "model").read_bytes()[:-10])
    with pytest.raises(InputError, match="not a model of Pysar"):
        load_network(tmp_path / "model")


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such model"):
        load_network(tmp_path / "model")


def test_a_network_of_another_alphabet_comes_back_to_who_asks_for_that(tmp_path: Path) -> None:
    latin = Alphabet("01ABab", case_head=False)
    save_network(Network(NETWORK, latin), NETWORK, tmp_path / "model")
    loaded = load_network(tmp_path / "model", latin)
    assert loaded.alphabet == latin
    assert loaded(torch.rand(2, 28, 28), torch.full((2,), torch.nan)).label.shape == (2, 6)


@pytest.mark.parametrize("alphabet", [Alphabet("01ABab", case_head=False), Alphabet("01ABab"), Alphabet("01")])
def test_a_model_of_another_alphabet_is_named(tmp_path: Path, alphabet: Alphabet) -> None:
    save_network(Network(NETWORK, alphabet), NETWORK, tmp_path / "model")
    with pytest.raises(InputError, match="a model of another alphabet"):
        load_network(tmp_path / "model")
