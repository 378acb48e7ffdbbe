"""Which model reads: the one that was asked for, the pipeline's own, or the one that is released with the code."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from src.common.errors import InputError
from src.config.paths import EXPORTED
from src.features.labels import UKRAINIAN as UKRAINIAN_ALPHABET
from src.features.labels import Alphabet
from src.tasks.emnist import PIPELINE, VARIANTS
from src.workspace.repository import find_root

UKRAINIAN = "ukrainian"
TASKS: Mapping[str, Path] = MappingProxyType(
    {UKRAINIAN: EXPORTED, **{variant.task: variant.exported for variant in VARIANTS.values()}}
)
"""What pipelines of this repository learn to read, and where they put the model."""
_RELEASED_FOLDER = Path(__file__).with_name("released")
REGISTRY = "models:/"
"""Begins the name of a version in MLflow's registry."""


def released_file(task: str) -> Path:
    """Return where `pysar release` puts the model of a task, beside this module; not every task has one there."""
    return _RELEASED_FOLDER / TASKS[task].name


def alphabet_of(task: str) -> Alphabet:
    """Return the labels that the model of a task must read."""
    alphabets = {variant.task: variant.alphabet for variant in VARIANTS.values()}
    return alphabets.get(task, UKRAINIAN_ALPHABET)


RELEASED = released_file(UKRAINIAN)
"""The one that is always there."""


def card_of(model: Path) -> Path:
    """Return where the card of a released model is: what is known of it."""
    return model.with_suffix(".json")


def find_model(asked: str | None, folder: Path, task: str = UKRAINIAN) -> Path:
    """Return the file of a model.

    Args:
        asked: A file, or `models:/pysar@champion`, a name in MLflow's registry; None for what there is.
        folder: Where the caller works: the repository there comes before the released model.
        task: One of `TASKS`.

    Raises:
        InputError: There is no such model.
        WorkError: The registry is away.
    """
    if asked is None:
        there = present_model(folder, task)
        if there is None:
            raise InputError(f"{TASKS[task]}: no such model; make it with `dvc repro` in {PIPELINE}, or give --model")
        return there
    if asked.startswith(REGISTRY):
        from src.prediction.registered import fetch_registered  # noqa: PLC0415 - MLflow takes four seconds to import

        return fetch_registered(asked, find_root(folder)).path
    return Path(asked)


def present_model(folder: Path, task: str) -> Path | None:
    """Return the model for a task that the pipeline of the repository around `folder` has made, or the released one.

    None where there is neither.
    """
    released = released_file(task)
    try:
        own = find_root(folder) / TASKS[task]
    except InputError:
        own = released
    return next((path for path in (own, released) if path.is_file()), None)
