"""Stage prepare_emnist: one variant of EMNIST as a split sample table, and the same rows as NIST made them.

NIST's test rows stay what they are: a picture that stands there too is taken out of the training rows. Where only a
part of EMNIST is here, the rows are parted as Pysar parts its own: stratified, equal pictures together. Pictures are
equal that are equal after normalisation, among which are all that were equal before. NIST's pictures are all scaled to
one size: how large a character was written only the pen tells, which normalisation draws anew.
"""

import logging
from typing import Any

import click
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.common.command import Command
from src.common.errors import WorkError
from src.common.files import write_json
from src.common.report_files import write_png
from src.data.corpora.emnist_rows import Rows, read_rows
from src.data.pictures.contact_sheet import Strip, draw_sheet
from src.data.pictures.normalise_all import normalise_all
from src.data.splitting.partition import take
from src.data.tables.source_names import holds_sample, pixel_groups
from src.data.tables.table import SPLITS, make_table, split_schema_of, stack_images, write_table
from src.tasks.emnist import RAW, VARIANTS, Variant, split_mode_of
from src.tasks.emnist_params import PARAMS_FILE, EmnistSplit, load_emnist_params

_SHOWN = 20

logger = logging.getLogger(__name__)


def prepare_emnist(rows: Rows, settings: EmnistSplit, side: int) -> tuple[pd.DataFrame, int]:
    """Normalise rows to `side` px and part them.

    Returns:
        The split sample table, in the order of the rows, whose numbers are its index; and how many training rows are
        left out because their picture is a test row's.

    Raises:
        InputError: There are too few rows to part.
    """
    normalised = normalise_all(rows.images, side, "normalising EMNIST")
    pictures = [image.tobytes() for image in normalised.images]
    names = [f"{source}/{name}" for source, name in zip(rows.sources, rows.filenames, strict=True)]
    frame = make_table(
        {
            "image": pictures, "label": rows.labels, "relative_height": normalised.heights_by_pen,
            "source": rows.sources, "filename": rows.filenames, "group": pixel_groups(names, pictures),
        }
    )  # fmt: skip
    if split_mode_of(rows.sources) == "internal":
        return _part(frame, _take(frame, settings.test_size, settings.seed, "split.test_size"), settings), 0
    repeated = frame["group"].isin(frame.loc[rows.from_test, "group"]).to_numpy() & ~rows.from_test
    return _part(frame[~repeated], rows.from_test[~repeated], settings), int(repeated.sum())


def _part(frame: pd.DataFrame, test: NDArray[np.bool_], settings: EmnistSplit) -> pd.DataFrame:
    val = np.zeros(len(frame), np.bool_)
    val[~test] = _take(frame[~test], settings.val_size, settings.seed, "split.val_size")
    return frame.assign(split=pd.Series(np.select([test, val], ["test", "val"], "train"), frame.index, dtype="str"))


def _take(frame: pd.DataFrame, share: float, seed: int, what: str) -> NDArray[np.bool_]:
    return take(frame, share * len(frame), seed, what, PARAMS_FILE)


def in_two_splits(frame: pd.DataFrame) -> int:
    """Return how many pictures of a split table stand in more than one split, be it under another name."""
    standing = frame[["image", "split"]].drop_duplicates()
    return len(set(standing.loc[standing["image"].duplicated(), "image"]))


def describe(frame: pd.DataFrame, raw: pd.DataFrame, variant: Variant) -> dict[str, Any]:
    """Return the details: of each split the rows and those of its rarest label; and how many pictures are equal.

    Raises:
        WorkError: A picture stands in two splits.
    """
    shared = {"normalised": in_two_splits(frame), "raw": in_two_splits(raw)}
    if any(shared.values()):
        raise WorkError(f"{variant.table}: not written, {max(shared.values())} pictures are in two splits")
    labels = list(variant.alphabet.labels)
    counts = {split: frame.loc[frame["split"] == split, "label"].value_counts() for split in SPLITS}
    return {
        "variant": variant.name,
        "corpus": "sample" if holds_sample(frame) else "upstream",
        "split_mode": split_mode_of(frame["source"]),
        "labels": len(labels),
        "rows": {split: int(count.sum()) for split, count in counts.items()},
        "class_minimum": {split: int(count.reindex(labels, fill_value=0).min()) for split, count in counts.items()},
        "equal_pictures": int(raw["image"].duplicated().sum()),
        "in_two_splits": shared,
    }


def sheet_strips(frame: pd.DataFrame, variant: Variant) -> list[Strip]:
    """Return the first pictures of each label."""
    return [
        Strip(label, stack_images(frame[frame["label"] == label].head(_SHOWN))) for label in variant.alphabet.labels
    ]


@click.command(cls=Command)
@click.argument("variant", type=click.Choice(list(VARIANTS)))
def main(variant: str) -> None:
    """Turn EMNIST's files into the tables of a VARIANT."""
    params, chosen = load_emnist_params(), VARIANTS[variant]
    rows, dropped = read_rows(RAW, chosen, params.split.seed)
    frame, repeated = prepare_emnist(rows, params.split, params.network.side)
    raw = frame.assign(image=[image.tobytes() for image in rows.images[frame.index]])
    details = {**describe(frame, raw, chosen), "dropped": {**dropped, "train_row_in_test": repeated}}
    schema = split_schema_of(chosen.alphabet)
    write_table(frame, chosen.table, schema)
    write_table(raw, chosen.raw_table, schema)
    write_json(chosen.reports / "prepare" / "details.json", details)
    mode = details["split_mode"]
    note = f"{len(frame)} characters, {mode} split, the first {_SHOWN} of each label, as the network sees them"
    sheet = draw_sheet(f"EMNIST {variant} after normalisation", note, sheet_strips(frame, chosen), columns=2)
    write_png(sheet, chosen.reports / "prepare" / "sheet.png")
    logger.info("%s: %s rows, %s split", chosen.table, details["rows"], mode)


if __name__ == "__main__":
    main()
