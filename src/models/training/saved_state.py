"""Whether a state that was saved fits a training: a whole file may be of another layout, of an older Pysar, say."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from src.models.training.loop import Trainer

_MOMENTS = {"step", "exp_avg", "exp_avg_sq"}


def fault_of(state: Mapping[str, Any], trainer: Trainer) -> str | None:
    """Return what of a state does not fit a fresh trainer; None where it can be resumed, which loads it unchecked."""
    fresh = trainer.state()
    wanted = {*fresh, "run_id"}
    if set(state) != wanted:
        return f"of another layout ({', '.join(sorted(map(str, wanted ^ set(state))))})"
    weights = fresh["network"]
    fits = {
        "network": _are_alike(state["network"], weights),
        "average": _are_alike(state["average"], fresh["average"]),
        "weights": _are_alike(state["weights"], weights),
        "optimizer": _is_optimizer(state["optimizer"], fresh["optimizer"], trainer),
        "generator": _is_like(state["generator"], fresh["generator"]),
        "torch_generator": _is_like(state["torch_generator"], fresh["torch_generator"]),
        "cuda_generator": _is_like(state["cuda_generator"], fresh["cuda_generator"]),
        "history": _is_history(state["history"], trainer.settings.epochs),
        "run_id": isinstance(state["run_id"], str | None),
    }
    fits["epoch"] = fits["history"] and _is_chosen(state["epoch"], state["history"])
    fits["schedule"] = fits["history"] and _is_schedule(
        state["schedule"], fresh["schedule"], len(state["history"]) * trainer.batches
    )
    wrong = [name for name, fit in fits.items() if not fit]
    return f"of another layout ({', '.join(wrong)})" if wrong else None


def _is_like(value: object, fresh: object) -> bool:
    """Say whether a value is of the kind of another; a tensor of its shape and numbers, too."""
    if isinstance(fresh, Tensor):
        return isinstance(value, Tensor) and (value.shape, value.dtype) == (fresh.shape, fresh.dtype)
    return type(value) is type(fresh)


def _are_alike(values: object, fresh: Mapping[str, Any]) -> bool:
    if not isinstance(values, Mapping) or values.keys() != fresh.keys():
        return False
    return all(_is_like(values[name], fresh[name]) for name in fresh)


def _is_optimizer(value: object, fresh: Mapping[str, Any], trainer: Trainer) -> bool:
    """Say whether its groups are those of the network, and what it knows of a parameter is of the parameter's shape."""
    if not isinstance(value, Mapping) or value.keys() != fresh.keys():
        return False
    groups, moments = value["param_groups"], value["state"]
    if not isinstance(groups, list) or len(groups) != len(fresh["param_groups"]):
        return False
    for group, own in zip(groups, fresh["param_groups"], strict=True):
        if not _are_alike(group, own) or [str(place) for place in group["params"]] != list(map(str, own["params"])):
            return False
    parameters = [one for group in trainer.optimizer.param_groups for one in group["params"]]
    return isinstance(moments, Mapping) and all(
        isinstance(place, int) and 0 <= place < len(parameters) and _are_moments(each, parameters[place])
        for place, each in moments.items()
    )


def _are_moments(value: object, parameter: Tensor) -> bool:
    if not isinstance(value, Mapping) or value.keys() != _MOMENTS:
        return False
    if not all(isinstance(each, Tensor) and each.dtype == torch.float32 for each in value.values()):
        return False
    return [value[name].shape for name in ("step", "exp_avg", "exp_avg_sq")] == [(), parameter.shape, parameter.shape]


def _is_schedule(value: object, fresh: Mapping[str, Any], steps: int) -> bool:
    if not isinstance(value, Mapping) or value.keys() != fresh.keys():
        return False
    told = ("last_epoch", "total_steps")
    return all(_is_like(value[name], fresh[name]) for name in fresh) and [value[name] for name in told] == [
        steps, fresh["total_steps"]
    ]  # fmt: skip


def _is_history(value: object, epochs: int) -> bool:
    """Say whether there is a row of figures for each epoch, in order, losses finite, of no more epochs than asked."""
    if not isinstance(value, list) or not 1 <= len(value) <= epochs:
        return False
    if not all(isinstance(row, Mapping) and {"epoch", "train_loss", "val_loss"} <= row.keys() for row in value):
        return False
    if any(one.keys() != other.keys() for one, other in pairwise(value)):
        return False
    return all(
        all(isinstance(each, int | float) for each in row.values())
        and row["epoch"] == number
        and all(math.isfinite(row[name]) for name in ("train_loss", "val_loss"))
        for number, row in enumerate(value, start=1)
    )


def _is_chosen(value: object, history: list[Mapping[str, float]]) -> bool:
    """Say whether it is the epoch of the least loss, of equals the first."""
    losses = [row["val_loss"] for row in history]
    return type(value) is int and value == 1 + losses.index(min(losses))
