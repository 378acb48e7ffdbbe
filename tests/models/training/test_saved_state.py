"""A state that was saved whole but is of another layout is never resumed, and never raises."""

import copy
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from src.config.sections import Compute
from src.models.network.network import Network
from src.models.rows.row_tensors import make_tensors
from src.models.training.device import prepare_machine
from src.models.training.loop import Trainer
from src.models.training.reading import ReadingTask
from src.models.training.saved_state import fault_of
from src.workspace.checkpoint import Checkpoint
from tests.models.factory import NETWORK, PRETRAIN, typed_table

State = dict[str, Any]
MACHINE = prepare_machine(Compute(device="cpu", precision="float32"))
STRANGE: tuple[Any, ...] = (
    None,
    0,
    -1,
    2.5,
    "text",
    [],
    {},
    [1],
    {"a": 1},
    torch.zeros(3),
    torch.zeros(2, 2, dtype=torch.int64),
)


def new_trainer() -> Trainer:
    torch.manual_seed(0)
    rows = make_tensors(typed_table("аб0", copies=8), MACHINE.device)
    return Trainer(Network(NETWORK), ReadingTask(rows, rows, PRETRAIN), PRETRAIN, MACHINE)


@pytest.fixture(scope="module")
def saved() -> State:
    """The state after two of three epochs, as it comes from a file."""
    trainer = new_trainer()
    for epoch in range(2):
        trainer.note(trainer.run_epoch(epoch, lambda _steps, _note: None))
    return {**trainer.state(), "run_id": "a" * 32}


def go_on(state: State) -> Trainer:
    trainer = new_trainer()
    trainer.resume(state)
    trainer.note(trainer.run_epoch(2, lambda _steps, _note: None))
    return trainer


def test_a_state_of_this_layout_is_resumed(saved: State) -> None:
    assert fault_of(saved, new_trainer()) is None
    assert fault_of({**saved, "run_id": None}, new_trainer()) is None
    assert len(go_on(copy.deepcopy(saved)).result.history) == 3


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda state: state.pop("run_id"), "run_id"),
        (lambda state: state.pop("generator"), "generator"),
        (lambda state: state.update(ema=state.pop("average")), "average, ema"),
        (lambda state: state["network"].popitem(), "network"),
        (lambda state: state.update(weights={}), "weights"),
        (lambda state: state["history"].pop(), "schedule"),
        (lambda state: state["history"].clear(), "history"),
        (lambda state: state["history"].extend(state["history"]), "history"),
        (lambda state: state["history"][1].update(val_loss=float("nan")), "history"),
        (lambda state: state.update(epoch=3), "epoch"),
        (lambda state: state["optimizer"]["state"][0].pop("step"), "optimizer"),
        (lambda state: state["optimizer"]["state"][0].update(exp_avg=torch.zeros(1)), "optimizer"),
        (lambda state: state["optimizer"]["param_groups"].append({}), "optimizer"),
        (lambda state: state["schedule"].update(total_steps=7), "schedule"),
        (lambda state: state["schedule"].pop("last_epoch"), "schedule"),
        (lambda state: state.update(cuda_generator=torch.zeros(16, dtype=torch.uint8)), "cuda_generator"),
    ],
)
def test_what_does_not_fit_is_named(saved: State, change: Callable[[State], object], named: str) -> None:
    state = copy.deepcopy(saved)
    change(state)
    fault = fault_of(state, new_trainer())
    assert fault is not None
    assert named in fault


def mutate(state: State, chance: random.Random) -> None:
    """Take out, rename or replace something at some depth of a state."""
    place: Any = state
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = chance.choice(keys)
        inner = place[key]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.75:
            place = inner
            continue
        match chance.randrange(4):
            case 0:
                del place[key]
            case 1 if isinstance(place, dict):
                place[f"{key}_"] = place.pop(key)
            case 2 if isinstance(inner, torch.Tensor):
                place[key] = chance.choice([inner.flatten()[:-1], inner[None], inner.to(torch.int32), inner.tolist()])
            case _:
                place[key] = chance.choice(STRANGE)
        return


def test_a_mutated_state_whose_hash_is_right_is_set_aside_or_goes_on(
    saved: State, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    checkpoint, trainer, refused = Checkpoint("pretrain", {}, [], "machine"), new_trainer(), 0
    chance = random.Random(1)  # noqa: S311  # of no secret
    for _ in range(150):
        state = copy.deepcopy(saved)
        mutate(state, chance)
        checkpoint.save(state)
        loaded = checkpoint.load()
        if loaded is None or fault_of(loaded, trainer) is not None:
            refused += 1
            continue
        go_on(loaded)
    assert refused > 100
