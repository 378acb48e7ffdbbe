"""Which process of DVC runs this stage: all stages of one `dvc repro` have the same."""

import os
from datetime import UTC, datetime

import psutil

STAGE_VARIABLE = "DVC_STAGE"
"""Set for every process of a stage, and not for DVC itself."""


def dvc_process() -> str | None:
    """Return the process of DVC above this one by its start and number, such as `2026-11-26T19:18:53Z-4711`.

    None where DVC does not run this, or that process cannot be asked.
    """
    if STAGE_VARIABLE not in os.environ:
        return None
    try:
        for process in psutil.Process().parents():
            if STAGE_VARIABLE not in process.environ():
                start = datetime.fromtimestamp(process.create_time(), UTC)
                return f"{start:%Y-%m-%dT%H:%M:%SZ}-{process.pid}"
    except psutil.Error:
        pass  # another user's, or it has just ended
    return None
