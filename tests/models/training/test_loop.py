import re
from pathlib import Path

import pytest
import torch

from src.config.sections import Training, TrainOnSizes
from src.models.network.network import Network
from src.models.rows.row_tensors import make_tensors
from src.models.training.device import Machine
from src.models.training.loop import DivergedError, Result, Trainer, train
from src.models.training.reading import FinetuneTask, ReadingTask
from src.workspace.checkpoint import Checkpoint
from tests.models.factory import FINETUNE, NETWORK, PRETRAIN, typed_table

TRAIN = TrainOnSizes(**FINETUNE.model_dump(include=set(TrainOnSizes.model_fields)))
CPU = Machine(torch.device("cpu"), bfloat16=False)


@pytest.fixture
def checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    return Checkpoint("finetune", {}, [], "this machine")


def make_trainer() -> Trainer:
    torch.manual_seed(FINETUNE.seed)
    samples = make_tensors(typed_table("012абв", copies=10), CPU.device)
    task = FinetuneTask(samples, samples, FINETUNE)
    return Trainer(Network(NETWORK), task, FINETUNE, CPU)


def run(trainer: Trainer, checkpoint: Checkpoint, *, stop_after: int = 99) -> Result:
    class StoppedError(Exception):
        pass

    def stop(values: dict[str, float]) -> None:
        if values["epoch"] == stop_after:
            raise StoppedError

    try:
        return train(trainer, checkpoint, lambda: {"run_id": None}, stop, "test")
    except StoppedError:
        return trainer.result


def same_weights(first: Result, second: Result) -> bool:
    return all(torch.equal(first.weights[name], second.weights[name]) for name in first.weights)


def test_training_twice_gives_the_same_weights_and_curves(checkpoint: Checkpoint) -> None:
    first, second = run(make_trainer(), checkpoint), run(make_trainer(), checkpoint)
    assert first.history == second.history
    assert same_weights(first, second)


@pytest.mark.parametrize("stop_after", [2, 3])
def test_a_stopped_training_goes_on_to_the_same_weights(checkpoint: Checkpoint, stop_after: int) -> None:
    whole = run(make_trainer(), checkpoint)
    checkpoint.remove()
    run(make_trainer(), checkpoint, stop_after=stop_after)
    state = checkpoint.load()
    assert state is not None
    resumed = make_trainer()
    resumed.resume(state)
    torch.rand(7)  # whatever the process did before does not matter
    torch.set_rng_state(state["torch_generator"])
    assert len(resumed.result.history) == stop_after
    result = run(resumed, checkpoint)
    assert result.history == whole.history
    assert same_weights(result, whole)


def test_the_epoch_of_the_lowest_validation_loss_is_kept() -> None:
    trainer = make_trainer()
    for epoch, loss in enumerate([3.0, 1.0, 2.0], start=1):
        with torch.no_grad():
            next(trainer.average.module.parameters()).fill_(epoch)
        trainer.note({"epoch": epoch, "val_loss": loss})
    assert trainer.result.epoch == 2
    assert next(iter(trainer.result.weights.values())).unique().tolist() == [2]


def test_a_frozen_encoder_stays_as_it_was_and_the_heads_learn() -> None:
    trainer = make_trainer()
    before = {name: weight.clone() for name, weight in trainer.network.state_dict().items()}
    trainer.run_epoch(0, lambda steps, note: None)
    changed = {name for name, weight in trainer.network.state_dict().items() if not torch.equal(weight, before[name])}
    assert changed
    assert not any(name.startswith("encoder") for name in changed)
    trainer.run_epoch(1, lambda steps, note: None)
    assert not torch.equal(trainer.network.state_dict()["encoder.dense.1.weight"], before["encoder.dense.1.weight"])


@pytest.mark.parametrize("epochs", [1, 2, 3, 4, 5])
def test_fewer_rows_than_a_batch_are_still_learned_from(epochs: int) -> None:
    settings = FINETUNE.model_copy(update={"epochs": epochs})
    samples = make_trainer().task.train.take(torch.arange(5))
    small = Trainer(Network(NETWORK), FinetuneTask(samples, samples, settings), settings, CPU)
    for epoch in range(epochs):
        assert small.run_epoch(epoch, lambda steps, note: None)["train_loss"] > 0


@pytest.mark.parametrize(
    ("place", "settings"),
    [
        ("pretrain.learning_rate in params.yaml", PRETRAIN),
        ("finetune.learning_rate in params.yaml", FINETUNE),
        ("train.learning_rate in pipelines/emnist/params.yaml", TRAIN),
    ],
)
def test_a_training_that_diverges_says_which_learning_rate_to_lower(place: str, settings: Training) -> None:
    rate = settings.model_copy(update={"learning_rate": 1e30})
    samples = make_tensors(typed_table("абв", copies=8), CPU.device)
    trainer = Trainer(Network(NETWORK), ReadingTask(samples, samples, rate), rate, CPU)
    with pytest.raises(DivergedError, match=re.escape(f"diverged; lower {place} (now 1e+30; epoch")):
        for epoch in range(3):
            trainer.run_epoch(epoch, lambda steps, note: None)
