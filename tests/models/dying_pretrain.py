"""The stage `pretrain`, whose process is killed as soon as the second epoch is saved: once, as if by a power cut."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from src.models.pretrain import main
from src.workspace.checkpoint import Checkpoint

SAVED = 2
"""Epochs that are done when it dies."""
DIED = Path("died")

_save = Checkpoint.save


def _save_and_die(checkpoint: Checkpoint, state: Mapping[str, Any]) -> None:
    _save(checkpoint, state)
    if len(state["history"]) == SAVED and not DIED.exists():
        DIED.touch()
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    with patch.object(Checkpoint, "save", _save_and_die):
        main()
