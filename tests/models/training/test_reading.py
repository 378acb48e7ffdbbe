import pytest
import torch

from src.config.sections import TrainOnSizes
from src.models.network.network import Network
from src.models.rows.row_tensors import make_tensors
from src.models.training.device import Machine
from src.models.training.loop import Trainer
from src.models.training.reading import ReadingTask, SizedTask
from tests.glyphs import GLYPHS, glyph_table
from tests.models.factory import NETWORK, PRETRAIN, typed_table

CPU = Machine(torch.device("cpu"), bfloat16=False)
SETTINGS = PRETRAIN.model_copy(update={"weight_decay": 0.0, "epochs": 8})


@pytest.fixture
def task() -> ReadingTask:
    samples = make_tensors(glyph_table(), CPU.device, GLYPHS)
    return ReadingTask(samples, samples, SETTINGS, alphabet=GLYPHS)


def test_the_same_loop_learns_labels_that_tell_the_case_and_leaves_the_case_head_as_it_was(task: ReadingTask) -> None:
    torch.manual_seed(1)
    network = Network(NETWORK, GLYPHS)
    before = {name: weight.clone() for name, weight in network.case_head.state_dict().items()}
    trainer = Trainer(network, task, SETTINGS, CPU)
    history = [trainer.run_epoch(epoch, lambda _steps, _note: None) for epoch in range(SETTINGS.epochs)]
    assert history[-1]["val_label_accuracy"] > 2 * history[0]["val_label_accuracy"]
    assert all(torch.equal(weight, before[name]) for name, weight in network.case_head.state_dict().items())


def test_a_case_that_the_labels_tell_has_no_figure_of_its_own(task: ReadingTask) -> None:
    assert set(task.validate(Network(NETWORK, GLYPHS).eval())) == {"val_loss", "val_label_accuracy"}
    samples = make_tensors(typed_table("01аб"), CPU.device)
    figures = ReadingTask(samples, samples, SETTINGS).validate(Network(NETWORK).eval())
    assert set(figures) == {"val_loss", "val_label_accuracy", "val_case_accuracy"}


@pytest.mark.parametrize(("share", "same"), [(0.0, False), (1.0, True)])
def test_a_share_of_the_heights_is_hidden_where_labels_are_learned_by_them(share: float, same: bool) -> None:
    settings = TrainOnSizes(**SETTINGS.model_dump(include=set(TrainOnSizes.model_fields)), unknown_height=share)
    samples = make_tensors(glyph_table(), CPU.device, GLYPHS)
    losses = []
    for height in (0.2, 0.9):
        torch.manual_seed(1)
        told = samples._replace(relative_height=torch.full_like(samples.relative_height, height))
        task = SizedTask(told, told, settings, alphabet=GLYPHS)
        generator = torch.Generator().manual_seed(1)
        losses.append(task.loss(Network(NETWORK, GLYPHS).eval(), torch.arange(8), generator).item())
    assert (losses[0] == losses[1]) is same
