import pytest
import torch

from src.common.errors import InputError
from src.models.network.network import Network
from src.models.training.device import Machine
from src.models.training.whole_batch import learning_together, reading_together
from tests.models.factory import NETWORK

ALONE = Machine(torch.device("cpu"), bfloat16=False)


def test_a_process_of_its_own_computes_with_the_network_itself() -> None:
    network = Network(NETWORK)
    layers = dict(network.named_modules())
    assert learning_together(network, ALONE) is network
    assert reading_together(network, ALONE) is network
    assert dict(network.named_modules()) == layers


def test_fewer_rows_than_processes_are_an_error_that_names_the_param() -> None:
    network = reading_together(Network(NETWORK), ALONE._replace(processes=4))
    with pytest.raises(InputError, match=r"a batch of 3 rows is too small for 4 processes; .* batch_size"):
        network(torch.zeros(3, 28, 28), torch.zeros(3))
