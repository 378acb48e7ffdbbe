"""The hashes of what a stage reads: code, data and params files, as DVC writes them once it has ended."""

import functools
import logging
from pathlib import Path

from src.common.digests import file_md5, folder_md5
from src.workspace.pipelines import dependencies, output_hashes, pipeline_of

logger = logging.getLogger(__name__)


def dependency_hashes(stage: str) -> dict[str, str]:
    """Return the MD5 of each dependency of `stage` in its dvc.yaml, by its path, as dvc.lock will hold it.

    The stage's own entry in dvc.lock is written only after it has run. DVC 3's hash of a file is the MD5 of its
    bytes, so it is taken from the file that the stage is about to read; the hash of a folder is taken from the
    entry of the stage that made it, and where none has, such as of code, from what is in it. What has no hash is left
    out, with a warning where it is there.
    """
    pipeline = pipeline_of(stage)
    made = output_hashes(pipeline.locked())
    hashes: dict[str, str] = {}
    for path in dependencies(pipeline.stage(stage)):
        if Path(path).is_file():
            hashes[path] = file_md5(Path(path))
        elif path in made:
            hashes[path] = made[path]
        elif (content := folder_md5(Path(path))) is not None:
            hashes[path] = content
    unknown = [path for path in dependencies(pipeline.stage(stage)) if path not in hashes and Path(path).exists()]
    if unknown:
        _warn(pipeline.lock, ", ".join(unknown))
    return hashes


@functools.cache
def _warn(lock: Path, paths: str) -> None:
    logger.warning(
        "%s: missing, cannot be read, or without %s: the run is recorded without the MD5 of what it reads there; "
        "`dvc repro` writes it, `git restore` brings it back",
        lock, paths,
    )  # fmt: skip
