"""Stage fill: pictures to train on of letters that the large corpora lack, ґ, є, ї in both cases, Ь, and block letters.

Four ways, each with a `source` of its own, so that a training can choose. `fill_drawn` and `fill_printed`, by our own
stroke writer in cursive and in print, have all letters and their height, the latter digits too. `fill_mirrored` and
`fill_composed` are made of Cyrillic-MNIST's pictures of other letters and stay in the groups of its sheets; heights are
lost there. Nobody wrote them: never test on them.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import click
import pandas as pd

from src.common.command import Command
from src.common.files import write_json
from src.common.report_files import write_png
from src.config.params import load_params
from src.config.paths import FILL_TABLE, RAW_CMNIST, details_of, sheet_of
from src.data.corpora.cmnist_pictures import read_pictures
from src.data.corpora.counts import count_corpus
from src.data.filling.drawn_letters import draw_letters
from src.data.filling.fill_recipes import Batch, make_letters
from src.data.filling.fill_sheet import draw_fill_sheet
from src.data.filling.filled import Filled
from src.data.filling.printed_glyphs import print_glyphs
from src.data.pictures.normalise_all import normalise_all
from src.data.tables.source_names import FILL_COMPOSED, FILL_DRAWN, FILL_MIRRORED, FILL_PRINTED, source_name
from src.data.tables.table import make_table, write_table

DETAILS = details_of("fill")
SHEET = sheet_of("fill")

logger = logging.getLogger(__name__)


def tabulate(letters: Sequence[Filled], side: int) -> pd.DataFrame:
    """Normalise pictures to `side` px and return the sample table in their order; heights are those of drawn ones."""
    normalised = normalise_all((letter.picture for letter in letters), side, "normalising filled letters")
    return make_table(
        [
            {
                "image": image.tobytes(),
                "label": letter.label,
                "is_uppercase": letter.is_uppercase,
                "relative_height": height if letter.source == FILL_DRAWN else None,
                "source": letter.source,
                "filename": letter.filename,
                "group": letter.group,
            }
            for letter, image, height in zip(letters, normalised.images, normalised.relative_heights, strict=True)
        ]
    )


def summarise(sources: Mapping[str, pd.DataFrame], batches: Sequence[Batch]) -> dict[str, Any]:
    """Return the details: of each source, as of a corpus, the counts of rows and of pictures passed over."""
    return {
        source: count_corpus(rows, {"unfit": sum(batch.passed_over for batch in batches if batch.source == source)})
        for source, rows in sources.items()
    }


@click.command(cls=Command)
def main() -> None:
    """Make the letters that the large corpora lack, as fill.* of params.yaml say."""
    params = load_params()
    settings, side = params.fill, params.network.side
    name = partial(source_name, folder=RAW_CMNIST)
    per_class = {FILL_MIRRORED: settings.mirrored_per_class, FILL_COMPOSED: settings.composed_per_class}
    batches = make_letters(read_pictures(RAW_CMNIST), per_class, name, settings.seed)
    drawn = draw_letters(settings.drawn_per_class, settings.hand_variety, settings.seed)
    printed = print_glyphs(settings.printed_per_class, settings.hand_variety, settings.seed, side)
    made = tabulate([*drawn, *(letter for batch in batches for letter in batch.letters)], side)
    frame = pd.concat([made, printed], ignore_index=True)
    write_table(frame, FILL_TABLE)
    ways = (FILL_DRAWN, FILL_PRINTED, *map(name, per_class))
    sources = {source: frame[frame["source"] == source] for source in ways}
    write_json(DETAILS, summarise(sources, batches))
    write_png(draw_fill_sheet(sources), SHEET)
    logger.info("%s: %d rows; look at %s", FILL_TABLE, len(frame), SHEET)


if __name__ == "__main__":
    main()
