"""What `calibrate` read out of fold, for the registry: there a champion is chosen by it, and never by test rows."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from src.common.errors import InputError
from src.config.paths import OUT_OF_FOLD
from src.models.recording.rows_digest import rows_digest

_KEY = ["source", "filename"]


class HeldBack(NamedTuple):
    """The table of which rows were read rightly, and the digest of those rows."""

    answers: Path
    digest: str


def read_held_back(learnable: pd.DataFrame, answers: Path = OUT_OF_FOLD) -> HeldBack:
    """Find the rows that were read out of fold among those of the split table that are no test rows.

    Raises:
        InputError: The table of answers is missing, or is of other rows.
    """
    cure = "run `dvc repro calibrate`"
    try:
        names = pd.read_csv(answers, dtype=str, keep_default_na=False)[_KEY]
    except FileNotFoundError:
        raise InputError(f"{answers}: no such file; {cure}") from None
    except (ValueError, KeyError) as error:
        raise InputError(f"{answers}: no table of source and filename ({error}); {cure}") from error
    rows = learnable.merge(names, on=_KEY)
    if len(rows) != len(names) or names.duplicated().any():
        raise InputError(f"{answers}: {len(names)} rows, of which {len(rows)} are rows to learn from; {cure}")
    return HeldBack(answers, rows_digest(rows))
