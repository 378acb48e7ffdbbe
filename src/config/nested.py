"""Nested params and their places: `finetune.learning_rate` is the value at {"finetune": {"learning_rate": …}}."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def flatten(params: Mapping[str, Any] | BaseModel, prefix: str = "") -> dict[str, Any]:
    """Return nested parameters as one level, keys joined by dots: {"a": {"b": 1}} becomes {"a.b": 1}."""
    flat: dict[str, Any] = {}
    for key, value in (params.model_dump() if isinstance(params, BaseModel) else params).items():
        if isinstance(value, Mapping | BaseModel):
            flat |= flatten(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def leaf_at(document: Mapping[str, Any], name: str) -> int | float:
    """Return the number at a place such as `finetune.learning_rate`.

    Raises:
        KeyError: There is no number; the error is the place.
    """
    value: Any = document
    for part in name.split("."):
        if not isinstance(value, Mapping) or part not in value:
            raise KeyError(name)
        value = value[part]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise KeyError(name)
    return value


def replaced(document: Mapping[str, Any], values: Mapping[str, float]) -> dict[str, Any]:
    """Return nested params with the numbers at some places replaced, whole ones by whole ones.

    Raises:
        KeyError: There is no number at one of the places.
    """
    result = dict(document)
    for name, value in values.items():
        whole = isinstance(leaf_at(document, name), int) and float(value).is_integer()
        *folders, leaf = name.split(".")
        inner = result
        for folder in folders:
            inner[folder] = dict(inner[folder])
            inner = inner[folder]
        inner[leaf] = int(value) if whole else value
    return result
