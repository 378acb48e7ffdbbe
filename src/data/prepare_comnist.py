"""Stage prepare_comnist: touch-screen letters of people whom no model is trained or tuned on.

Left out and counted are letters that Ukrainian lacks, other letters in a letter's folder (which, is told in
`src.data.corpora.comnist_pictures`), blank pictures and specks, and what is there twice: under two labels all of it,
under one label all but the first by name. Nothing is left out for what a model makes of it.
"""

import logging
from collections.abc import Mapping

import click
import numpy as np
import pandas as pd

from src.common.command import Command
from src.common.files import write_json
from src.common.report_files import write_png
from src.config.params import load_params
from src.config.paths import COMNIST_TABLE, RAW_COMNIST, details_of, sheet_of
from src.data.corpora.comnist_pictures import judge_names, look_at_all, read_files
from src.data.corpora.counts import count_corpus
from src.data.corpora.sieve import find_duplicates, sieve
from src.data.pictures.contact_sheet import draw_sheet
from src.data.pictures.letter_strips import letter_strips
from src.data.tables.source_names import COMNIST, source_name
from src.data.tables.table import make_table, write_table

DETAILS = details_of("prepare_comnist")
SHEET = sheet_of("prepare_comnist")

_SHOWN = 14

logger = logging.getLogger(__name__)


def prepare_comnist(files: Mapping[str, bytes], source: str, side: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """Normalise the pictures of Ukrainian letters.

    Args:
        files: PNG files by name (`<letter>/<name>.png`).
        source: What the column `source` says.
        side: Of the network's pictures, px.

    Returns:
        The sample table, in the order of `files`, and how many pictures were left out, by reason. The case is null:
        most look like capitals, but nobody says so. Each picture is a group of its own, for its pixels are there once.

    Raises:
        InputError: A name is of another form, or a file is no picture.
    """
    letters, faults = judge_names(list(files))
    of_letter, dropped = sieve(faults)
    asked = [name for name, is_asked in zip(files, of_letter, strict=True) if is_asked]
    looks = look_at_all({name: files[name] for name in asked}, side)
    labels = letters[of_letter].tolist()
    duplicates = find_duplicates((look.digest for look in looks), labels)
    kept, dropped_too = sieve(
        {
            "blank": np.array([look.glyph.relative_height is None for look in looks], np.bool_),
            "speck": np.array([look.is_speck for look in looks], np.bool_),
            "duplicate_under_two_labels": duplicates.conflicting,
            "duplicate": duplicates.repeated,
        }
    )
    rows = [
        {
            "image": look.glyph.image.tobytes(),
            "label": label,
            "relative_height": look.glyph.relative_height,
            "source": source,
            "filename": name,
            "group": f"{source}/{name}",
        }
        for name, label, look, is_kept in zip(asked, labels, looks, kept, strict=True)
        if is_kept
    ]
    return make_table(rows), dropped | dropped_too


@click.command(cls=Command)
def main() -> None:
    """Turn CoMNIST's pictures of Ukrainian letters into the sample table."""
    side = load_params().network.side
    frame, dropped = prepare_comnist(read_files(RAW_COMNIST), source_name(COMNIST, RAW_COMNIST), side)
    write_table(frame, COMNIST_TABLE)
    write_json(DETAILS, count_corpus(frame, dropped))
    note = f"{len(frame)} letters, up to {_SHOWN} of each, as the network sees them ({side} px, inverted)"
    write_png(draw_sheet("CoMNIST after normalisation", note, letter_strips(frame, _SHOWN), columns=2), SHEET)
    logger.info("%s: %d letters; look at %s", COMNIST_TABLE, len(frame), SHEET)


if __name__ == "__main__":
    main()
