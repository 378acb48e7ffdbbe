"""Stage prepare_mnist: MNIST's digits become the sample table, normalised as the letters are."""

import logging

import click
import numpy as np
import pandas as pd

from src.common.command import Command
from src.common.errors import InputError
from src.common.report_files import write_png
from src.config.params import load_params
from src.config.paths import MNIST_TABLE, RAW_MNIST, sheet_of
from src.data.corpora.idx import Digits, Part, read_digits
from src.data.pictures.contact_sheet import Strip, draw_sheet
from src.data.pictures.normalise_all import normalise_all
from src.data.tables.source_names import MNIST_TEST, MNIST_TRAIN, pixel_groups, source_name
from src.data.tables.table import make_table, stack_images, write_table
from src.features.labels import DIGITS

SHEET = sheet_of("prepare_mnist")

PARTS: dict[str, Part] = {MNIST_TRAIN: "train", MNIST_TEST: "t10k"}

_SHOWN = 20

logger = logging.getLogger(__name__)


def prepare_mnist(parts: dict[str, Digits], side: int) -> pd.DataFrame:
    """Normalise every digit and return the sample table, in the order of MNIST's files.

    Args:
        parts: The digits of each source. Digits with the same pixels share a group, in whatever part they are.
        side: Of the pictures in the table, px.

    Raises:
        InputError: A picture is blank.
    """
    names = [(source, filename) for source, digits in parts.items() for filename in _filenames(len(digits.images))]
    images = np.concatenate([digits.images for digits in parts.values()])
    labels = np.concatenate([digits.labels for digits in parts.values()])
    groups = pixel_groups(["/".join(name) for name in names], (image.tobytes() for image in images))
    normalised = normalise_all(images, side, "normalising MNIST")
    if normalised.blank.any():
        source, filename = names[int(np.argmax(normalised.blank))]
        raise InputError(f"{RAW_MNIST}: picture {filename} of {source} is blank; delete the folder and run `dvc repro`")
    return make_table(
        [
            {"image": image.tobytes(), "label": str(label), "source": source, "filename": filename, "group": group}
            for image, label, (source, filename), group in zip(normalised.images, labels, names, groups, strict=True)
        ]
    )


def _filenames(count: int) -> list[str]:
    return [f"{index:05d}" for index in range(count)]


def sheet_strips(frame: pd.DataFrame) -> list[Strip]:
    """Return the first twenty samples of each digit."""
    return [Strip(digit, stack_images(frame[frame["label"] == digit].head(_SHOWN))) for digit in DIGITS]


@click.command(cls=Command)
def main() -> None:
    """Turn MNIST's four files into the sample table."""
    side = load_params().network.side
    frame = prepare_mnist(
        {source_name(source, RAW_MNIST): read_digits(RAW_MNIST, part) for source, part in PARTS.items()}, side
    )
    write_table(frame, MNIST_TABLE)
    note = f"{len(frame)} digits, the first {_SHOWN} of each, as the network sees them ({side} px, inverted)"
    write_png(draw_sheet("MNIST after normalisation", note, sheet_strips(frame)), SHEET)
    logger.info("%s: %d digits; look at %s", MNIST_TABLE, len(frame), SHEET)


if __name__ == "__main__":
    main()
