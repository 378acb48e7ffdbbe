"""The commands that make a model again from a clone, byte by byte."""

import shlex
from pathlib import Path

from src.config.paths import EXPORTED


def rebuild_commands(root: Path, commit: str, overrides: list[str], md5: str, folder: str) -> list[str]:
    """Return lines for a shell: clone, environment, pipeline, and the comparison with what was registered.

    Args:
        root: The repository to clone.
        commit: The revision to check out.
        overrides: As `setting_overrides` returns them; without any `dvc repro` does.
        md5: Of the model.
        folder: To clone into; it must not exist.
    """
    clone = ["git", "clone", "--quiet"]
    run = ["dvc", "repro"]
    if overrides:
        # DVC commits what an experiment has made, and git may not know who the user is.
        clone += ["--config", "user.name=pysar", "--config", "user.email=pysar@localhost"]
        run = ["dvc", "exp", "run", *(word for override in overrides for word in ("-S", override))]
    return [
        shlex.join([*clone, str(root), folder]),
        shlex.join(["cd", folder]),
        shlex.join(["git", "checkout", "--quiet", commit]),
        "make env",
        'export PATH="$PWD/.venv/bin:$PATH"',
        shlex.join(run),
        f"echo {shlex.quote(f'{md5}  {EXPORTED.as_posix()}')} | md5sum --check",
    ]
