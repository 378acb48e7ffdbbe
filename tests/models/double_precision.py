"""Fine-tuning in float64, where what is not equal is not rounding: run by one process or, by torchrun, by several."""

import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from src.config.sections import Compute
from src.models.network.network import Logits, Network
from src.models.rows.row_tensors import make_tensors
from src.models.training.distributed import joined_machine
from src.models.training.loop import Trainer
from src.models.training.reading import FinetuneTask
from tests.models.factory import FINETUNE, NETWORK, typed_table

# 15 new rows and 10 old ones in a batch: two processes have unequal numbers of them.
SETTINGS = FINETUNE.model_copy(update={"batch_size": 15, "replay": 0.4})


class DoubleInputs(nn.Module):
    """Widens what a float64 network is given."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: Tensor, relative_height: Tensor) -> Logits:
        logits: Logits = self.network(image.double(), relative_height.double())
        return logits


class DoubleTask(FinetuneTask):
    """Scores a float64 network."""

    def loss(self, network: nn.Module, rows: Tensor, generator: torch.Generator) -> Tensor:
        return super().loss(DoubleInputs(network), rows, generator)

    def validate(self, network: nn.Module) -> dict[str, float]:
        return super().validate(DoubleInputs(network))


def main(path: Path) -> None:
    """Train, and let the first process write its figures and averaged weights."""
    with joined_machine(Compute(device="cpu", precision="float32")) as machine:
        # The last of 129 validation rows is a batch of its own: one process of two has none of it.
        rows, old = (make_tensors(typed_table(copies=copies), machine.device) for copies in (3, 2))
        torch.manual_seed(SETTINGS.seed)
        trainer = Trainer(Network(NETWORK).double(), DoubleTask(rows, rows, SETTINGS, old), SETTINGS, machine)
        history = [trainer.run_epoch(epoch, lambda _steps, _note: None) for epoch in range(SETTINGS.epochs)]
        if machine.rank == 0:
            torch.save({"history": history, "weights": trainer.average.module.state_dict()}, path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
