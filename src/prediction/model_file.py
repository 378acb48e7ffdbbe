"""Which model reads: the one that was asked for, the pipeline's own, or the one that is released with the code."""

from pathlib import Path

from src.errors import InputError
from src.repository import find_root

EXPORTED = Path("models/pysar.onnx")
"""What `evaluate` writes, in the repository."""
RELEASED = Path(__file__).with_name("released") / "pysar.onnx"
"""What `make release` puts beside this module."""
CARD = RELEASED.with_name("card.json")
"""What is known of the released model."""
REGISTRY = "models:/"
"""Begins the name of a version in MLflow's registry."""


def find_model(asked: str | None, folder: Path) -> Path:
    """Return the file of a model.

    Args:
        asked: A file, or `models:/pysar@champion`, a name in MLflow's registry; None for what there is.
        folder: Where the caller works: the repository there comes before the released model.

    Raises:
        InputError: There is no such model.
        WorkError: The registry is away.
    """
    if asked is None:
        return _own(folder) or RELEASED
    if asked.startswith(REGISTRY):
        from src.prediction.registered import fetch_registered  # noqa: PLC0415 - MLflow takes four seconds to import

        return fetch_registered(asked, find_root(folder)).path
    return Path(asked)


def _own(folder: Path) -> Path | None:
    try:
        path = find_root(folder) / EXPORTED
    except InputError:
        return None
    return path if path.is_file() else None
