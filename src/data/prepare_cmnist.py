"""Stage prepare_cmnist: the letters of Cyrillic-MNIST that Ukrainian has become the sample table.

Left out and counted are pictures whose case is not known, letters that Ukrainian lacks, blank pictures, and what is
there twice: under two labels all of it, under one label all but the first by name.
"""

import logging

import click
import pandas as pd

from src.common.command import Command
from src.common.files import write_json
from src.common.report_files import write_png
from src.config.params import load_params
from src.config.paths import CMNIST_TABLE, RAW_CMNIST, details_of, sheet_of
from src.data.corpora.cmnist_pictures import Pictures, read_pictures
from src.data.corpora.counts import count_corpus
from src.data.corpora.sieve import find_duplicates, sieve
from src.data.pictures.contact_sheet import draw_sheet
from src.data.pictures.letter_strips import letter_strips
from src.data.pictures.normalise_all import normalise_all
from src.data.tables.source_names import CMNIST, source_name
from src.data.tables.table import make_table, write_table
from src.features.labels import LETTERS

DETAILS = details_of("prepare_cmnist")
SHEET = sheet_of("prepare_cmnist")

_SHOWN = 14

logger = logging.getLogger(__name__)


def prepare_cmnist(pictures: Pictures, source: str, side: int) -> tuple[pd.DataFrame, dict[str, int]]:
    """Normalise the pictures of Ukrainian letters to `side` px.

    Returns:
        The sample table, in the order of file names, and how many pictures were left out, by reason. A group is what
        was cut out in one second: neighbours on a sheet, of one writer. The height is null, for the pictures are crops.
    """
    known = pictures.table["is_uppercase"].notna().to_numpy()
    table, images = pictures.table[known], pictures.images[known]
    labels = list(zip(table["letter"], table["is_uppercase"], strict=True))
    duplicates = find_duplicates((image.tobytes() for image in images), labels)
    kept, dropped = sieve(
        {
            "not_ukrainian": ~table["letter"].isin(list(LETTERS)).to_numpy(),
            "duplicate_under_two_labels": duplicates.conflicting,
            "duplicate": duplicates.repeated,
        }
    )
    normalised = normalise_all(images[kept], side, "normalising Cyrillic-MNIST")
    written = ~normalised.blank
    dropped = {"case_unknown": int((~known).sum()), **dropped, "blank": int(normalised.blank.sum())}
    rows = table[kept][written].to_dict("records")
    return make_table(
        [
            {
                "image": image.tobytes(),
                "label": row["letter"],
                "is_uppercase": row["is_uppercase"],
                "source": source,
                "filename": row["filename"],
                "group": f"{source}/{row['sheet']}",
            }
            for row, image in zip(rows, normalised.images[written], strict=True)
        ]
    ), dropped


@click.command(cls=Command)
def main() -> None:
    """Turn Cyrillic-MNIST's pictures of Ukrainian letters into the sample table."""
    side = load_params().network.side
    frame, dropped = prepare_cmnist(read_pictures(RAW_CMNIST), source_name(CMNIST, RAW_CMNIST), side)
    write_table(frame, CMNIST_TABLE)
    write_json(DETAILS, count_corpus(frame, dropped))
    note = f"{len(frame)} letters, up to {_SHOWN} of each letter and case, normalised to {side} px, inverted"
    write_png(draw_sheet("Cyrillic-MNIST after normalisation", note, letter_strips(frame, _SHOWN), columns=2), SHEET)
    logger.info("%s: %d letters; look at %s", CMNIST_TABLE, len(frame), SHEET)


if __name__ == "__main__":
    main()
