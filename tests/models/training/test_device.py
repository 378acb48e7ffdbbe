import pytest
import torch

from src.common.errors import InputError
from src.config.sections import Compute
from src.models.training.device import prepare_machine


def test_the_processor_can_always_be_asked_for() -> None:
    machine = prepare_machine(Compute(device="cpu", precision="float32"))
    assert machine.device == torch.device("cpu")
    assert "float32" in machine.describe()
    assert torch.__version__ in machine.describe()


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has CUDA")
def test_a_device_that_is_not_there_is_an_error_that_names_the_param() -> None:
    with pytest.raises(InputError, match=r"compute\.device: this machine has no cuda"):
        prepare_machine(Compute(device="cuda", precision="auto"))


def test_bfloat16_is_used_where_it_was_asked_for() -> None:
    machine = prepare_machine(Compute(device="cpu", precision="bfloat16"))
    with machine.autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16


def test_another_count_of_threads_is_another_machine() -> None:
    machine = prepare_machine(Compute(device="cpu", precision="float32"))
    threads = torch.get_num_threads()
    before = machine.describe()
    torch.set_num_threads(threads + 1)
    try:
        assert machine.describe() != before
    finally:
        torch.set_num_threads(threads)
