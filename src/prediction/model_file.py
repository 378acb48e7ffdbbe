"""Which model reads: the one that was asked for, the pipeline's own, or the one that is released with the code."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from src.emnist import PIPELINE, VARIANTS
from src.errors import InputError
from src.repository import find_root

EXPORTED = Path("models/pysar.onnx")
"""What `evaluate` writes, in the repository."""
UKRAINIAN = "ukrainian"
TASKS: Mapping[str, Path] = MappingProxyType(
    {UKRAINIAN: EXPORTED, **{variant.task: variant.exported for variant in VARIANTS.values()}}
)
"""What pipelines of this repository learn to read, and where they put the model."""
RELEASED = Path(__file__).with_name("released") / "pysar.onnx"
"""What `make release` puts beside this module."""
CARD = RELEASED.with_name("card.json")
"""What is known of the released model."""
REGISTRY = "models:/"
"""Begins the name of a version in MLflow's registry."""


def find_model(asked: str | None, folder: Path, task: str = UKRAINIAN) -> Path:
    """Return the file of a model.

    Args:
        asked: A file, or `models:/pysar@champion`, a name in MLflow's registry; None for what there is.
        folder: Where the caller works: the repository there comes before the released model.
        task: One of `TASKS`; of the Ukrainian one alone a model is released.

    Raises:
        InputError: There is no such model.
        WorkError: The registry is away.
    """
    if asked is None:
        own = own_model(folder, task)
        if own is None and task != UKRAINIAN:
            raise InputError(f"{TASKS[task]}: no such model; make it with `dvc repro` in {PIPELINE}, or give --model")
        return own or RELEASED
    if asked.startswith(REGISTRY):
        from src.prediction.registered import fetch_registered  # noqa: PLC0415 - MLflow takes four seconds to import

        return fetch_registered(asked, find_root(folder)).path
    return Path(asked)


def own_model(folder: Path, task: str) -> Path | None:
    """Return the model that the pipeline of the repository around `folder` has made for a task, None without it."""
    try:
        path = find_root(folder) / TASKS[task]
    except InputError:
        return None
    return path if path.is_file() else None
