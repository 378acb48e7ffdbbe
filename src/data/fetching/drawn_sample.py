"""The embedded sample in the place of a fetched corpus."""

import shutil
from pathlib import Path

from src.common.errors import InputError
from src.data.fetching.fetch_corpus import new_folder
from src.data.tables.sample_mark import is_sample


def copy_drawn(drawn: Path, target: Path) -> None:
    """Put the files of a drawn corpus, its mark among them, into `target`, which is replaced as a whole or not at all.

    Raises:
        InputError: Nothing was drawn there.
        OSError: The disk is full, or there is no permission.
    """
    if not is_sample(drawn):
        raise InputError(f"{drawn}: no embedded sample: data.source was upstream when it was to be drawn; "
                         "run `dvc repro`")  # fmt: skip
    with new_folder(target) as folder:
        shutil.copytree(drawn, folder, dirs_exist_ok=True)
