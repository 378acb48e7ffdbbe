"""Stage prepare_negatives: pictures that are no character of the alphabet, on which refusal is measured.

The rows of the split val may choose a score; those of test only measure it. So that nothing is in both, they are made
of different things: styles of scribble, signs and photographs differ, the Latin letters of val are drawn and those of
test are EMNIST's, and joined characters come from the rows of their own split. No network is trained on any.
Blank pictures are not among them: `src.features.picture.normalize` tells them by itself, for they have no height.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import click
import numpy as np
import pandas as pd

from src.common.command import Command
from src.common.files import write_json
from src.common.report_files import write_png
from src.config.params import load_params
from src.config.paths import NEGATIVES_TABLE, RAW_EMNIST, SPLIT_TABLE, details_of, sheet_of
from src.data.corpora.collected_rows import without_collected
from src.data.negatives.latin import Latin, choose_latin, draw_latin, read_latin
from src.data.negatives.negative import Negative
from src.data.negatives.negative_table import (
    KINDS,
    NEGATIVE_SCHEMA,
    SPLITS,
    NegativeKind,
    NegativeSplit,
    make_negatives,
)
from src.data.negatives.punctuation import draw_punctuation
from src.data.negatives.scribble import draw_scribbles
from src.data.negatives.texture import cut_textures
from src.data.negatives.two_glyphs import join_glyphs
from src.data.pictures.contact_sheet import Strip, draw_sheet
from src.data.pictures.normalise_all import normalise_all
from src.data.tables.source_names import source_name
from src.data.tables.table import SPLIT_SCHEMA, read_table, stack_images, write_table

DETAILS = details_of("prepare_negatives")
SHEET = sheet_of("prepare_negatives")

_SHOWN = 28
_STRIPS = 2

logger = logging.getLogger(__name__)


def make_pictures(
    rows: pd.DataFrame, latin: Latin, per_kind: int, seed: int, name: Callable[[str], str]
) -> dict[tuple[NegativeKind, NegativeSplit], list[Negative]]:
    """Make the pictures of each kind and split, `per_kind` or about so many of each.

    Args:
        rows: The split table, of whose rows characters are joined.
        latin: EMNIST's pictures of Latin letters.
        per_kind: How many of each kind and split.
        seed: Each kind and split has a stream of its own.
        name: Gives what is made of the corpora the name of its source.

    Raises:
        InputError: The split table has no row to join.
    """

    def make(kind: NegativeKind, split: NegativeSplit) -> list[Negative]:
        generator = np.random.default_rng([seed, KINDS.index(kind), SPLITS.index(split)])
        match kind:
            case "scribble":
                return draw_scribbles(per_kind, split, generator)
            case "two_glyphs":
                return join_glyphs(rows, per_kind, split, name("joined"), generator)
            case "latin" if split == "val":
                return draw_latin(per_kind, generator)
            case "latin":
                return choose_latin(latin, per_kind, name("emnist"), generator)
            case "punctuation":
                return draw_punctuation(per_kind, split, generator)
            case "texture":
                return cut_textures(per_kind, split, generator)

    return {(kind, split): make(kind, split) for kind in KINDS for split in SPLITS}


def tabulate(pictures: Mapping[tuple[NegativeKind, NegativeSplit], Sequence[Negative]], side: int) -> pd.DataFrame:
    """Normalise pictures to `side` px; return the table of negatives, in order, without those that came out blank."""
    negatives = [(kind, split, negative) for (kind, split), made in pictures.items() for negative in made]
    normalised = normalise_all((negative.picture for _, _, negative in negatives), side, "normalising negatives")
    return make_negatives(
        [
            {
                "image": image.tobytes(),
                "relative_height": height if negative.has_height else None,
                "kind": kind,
                "source": negative.source,
                "filename": negative.filename,
                "group": f"{negative.source}/{negative.filename}",
                "split": split,
            }
            for (kind, split, negative), image, height in zip(
                negatives, normalised.images, normalised.relative_heights, strict=True
            )
            if not np.isnan(height)
        ]
    )


def count_negatives(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the details: rows in all, and of each split by kind and by source."""
    counts: dict[str, Any] = {"rows": len(frame)}
    for split in SPLITS:
        rows = frame[frame["split"] == split]
        sources = rows["source"].value_counts().sort_index()
        counts[split] = {
            "rows": len(rows),
            "kind": {kind: int((rows["kind"] == kind).sum()) for kind in KINDS},
            "source": {str(source): int(count) for source, count in sources.items()},
        }
    return counts


def sheet_strips(frame: pd.DataFrame) -> list[Strip]:
    """Return the first pictures of each kind, those of val and then those of test, under the kind's first letters."""
    strips = []
    for split in SPLITS:
        for kind in KINDS:
            rows = frame[(frame["kind"] == kind) & (frame["split"] == split)]
            images = stack_images(rows.head(_SHOWN * _STRIPS))
            strips += [Strip(kind[:2], part) for part in (images[:_SHOWN], images[_SHOWN:]) if len(part)]
    return strips


@click.command(cls=Command)
def main() -> None:
    """Make pictures that are no character, as negatives.* of params.yaml say."""
    params = load_params()
    settings = params.negatives
    # Another drawing that is given must not make other negatives.
    rows, latin = without_collected(read_table(SPLIT_TABLE, SPLIT_SCHEMA)), read_latin(RAW_EMNIST)
    pictures = make_pictures(rows, latin, settings.per_kind, settings.seed, partial(source_name, folder=RAW_EMNIST))
    frame = tabulate(pictures, params.network.side)
    write_table(frame, NEGATIVES_TABLE, NEGATIVE_SCHEMA)
    write_json(DETAILS, count_negatives(frame))
    kinds = ", ".join(kind.replace("_", " ") for kind in KINDS)
    note = f"Some of {len(frame)} pictures, on the left of val, on the right of test, as the network sees them: {kinds}"
    write_png(draw_sheet("No character of the alphabet", note, sheet_strips(frame), columns=2), SHEET)
    logger.info("%s: %d pictures; look at %s", NEGATIVES_TABLE, len(frame), SHEET)


if __name__ == "__main__":
    main()
