"""Resuming a killed training stage, never from a checkpoint of other params, code or data.

Checkpoints lie under the repository's root and not in a stage's outputs: there one experiment's would leak into the
next, also when DVC runs them in folders of their own.
"""

import hashlib
import json
import logging
import os
import pickle
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch

from src.files import file_digest, replace_file

logger = logging.getLogger(__name__)

_CODE_FOLDERS = (Path(__file__).parent, Path(__file__).parents[1] / "features")


def repository_root() -> Path:
    """Return the repository's root; in `dvc exp run --temp` it is not the working folder."""
    return Path(os.environ.get("DVC_ROOT", ".")).resolve()


class Checkpoint:
    """One file that holds all a stage needs to go on from its last epoch."""

    def __init__(self, stage: str, settings: Mapping[str, Any], inputs: Iterable[Path], machine: str) -> None:
        """Name the checkpoint after everything that its continuation depends on.

        Args:
            stage: Name of the stage.
            settings: The params that the stage reads, as plain values.
            inputs: The files that it reads.
            machine: `Machine.describe()`.
        """
        digests = {path.as_posix(): file_digest(path) for path in inputs}
        named = json.dumps([stage, dict(settings), digests, _code_digests(), machine], sort_keys=True)
        key = hashlib.sha256(named.encode()).hexdigest()[:24]
        self.path = repository_root() / ".pysar" / "checkpoints" / f"{stage}-{key}.pt"

    def load(self) -> dict[str, Any] | None:
        """Return what was saved, or None where there is nothing to resume."""
        if not self.path.is_file():
            return None
        try:
            state: dict[str, Any] = torch.load(self.path, weights_only=True, map_location="cpu")
        except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
            logger.warning("%s: not readable (%s); training starts anew", self.path, type(error).__name__)
            return None
        return state

    def save(self, state: Mapping[str, Any]) -> None:
        """Write the state whole, in place of the last one."""
        with replace_file(self.path) as temporary:
            torch.save(dict(state), temporary)

    def remove(self) -> None:
        """Delete the checkpoint of a stage that has finished."""
        self.path.unlink(missing_ok=True)


def _code_digests() -> dict[str, str]:
    files = sorted(file for folder in _CODE_FOLDERS for file in folder.glob("*.py"))
    return {f"{file.parent.name}/{file.name}": file_digest(file) for file in files}
