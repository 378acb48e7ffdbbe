"""Stage prepare_mnist: MNIST's digits become the sample table, normalised as the letters are."""

import logging
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import click
import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from src.command import Command
from src.data.contact_sheet import Strip, draw_sheet
from src.data.idx import Digits, Part, read_digits
from src.data.source_names import MNIST_TEST, MNIST_TRAIN, pixel_groups, source_name
from src.data.table import make_table, stack_images, write_table
from src.errors import InputError, WorkError
from src.features.labels import DIGITS
from src.features.normalize import SIDE, normalize
from src.progress import progress_bar
from src.report_files import write_png

RAW = Path("data/raw/mnist")
TABLE = Path("data/interim/mnist.parquet")
SHEET = Path("reports/prepare_mnist/sheet.png")

PARTS: dict[str, Part] = {MNIST_TRAIN: "train", MNIST_TEST: "t10k"}

_CHUNK = 500
_WORTH_PROCESSES = 5000
_SHOWN = 20

logger = logging.getLogger(__name__)


def prepare_mnist(parts: dict[str, Digits]) -> pd.DataFrame:
    """Normalise every digit and return the sample table, in the order of MNIST's files.

    Args:
        parts: The digits of each source. Digits with the same pixels share a group, in whatever part they are.

    Raises:
        InputError: A picture is blank.
    """
    names = [(source, filename) for source, digits in parts.items() for filename in _filenames(len(digits.images))]
    images = np.concatenate([digits.images for digits in parts.values()])
    labels = np.concatenate([digits.labels for digits in parts.values()])
    groups = pixel_groups(["/".join(name) for name in names], (image.tobytes() for image in images))
    normalised = normalise_all(images)
    blank = ~normalised.any(axis=(1, 2))
    if blank.any():
        source, filename = names[int(np.argmax(blank))]
        raise InputError(f"{RAW}: picture {filename} of {source} is blank; delete the folder and run `dvc repro`")
    return make_table(
        [
            {"image": image.tobytes(), "label": str(label), "source": source, "filename": filename, "group": group}
            for image, label, (source, filename), group in zip(normalised, labels, names, groups, strict=True)
        ]
    )


def normalise_all(images: NDArray[np.uint8], workers: int | None = None) -> NDArray[np.uint8]:
    """Return (n, 28, 28) uint8: each of the (n, 28, 28) uint8 images normalised, with a progress bar.

    Args:
        images: Any grey pictures of one size.
        workers: Processes, as many as there are cores by default; a few pictures are done in this process. Threads
            would gain little: half of a normalisation is Python that holds the interpreter's lock.

    Raises:
        WorkError: A process was killed.
    """
    chunks = [images[start : start + _CHUNK] for start in range(0, len(images), _CHUNK)]
    if workers is None:
        workers = os.cpu_count() or 1 if len(images) >= _WORTH_PROCESSES else 1
    if workers == 1:
        return _collect(map(_normalise_chunk, chunks), len(chunks))
    try:
        with ProcessPoolExecutor(workers) as pool:
            return _collect(pool.map(_normalise_chunk, chunks), len(chunks))
    except BrokenProcessPool:
        raise WorkError(f"{TABLE}: a process that made it was killed; free some memory and run `dvc repro`") from None


def _collect(chunks: Iterable[NDArray[np.uint8]], count: int) -> NDArray[np.uint8]:
    collected = [np.zeros((0, SIDE, SIDE), np.uint8)]
    with progress_bar("normalising MNIST", count) as advance:
        for chunk in chunks:
            collected.append(chunk)
            advance(1, "")
    return np.concatenate(collected)


def _normalise_chunk(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.stack([normalize(image).image for image in images])


def _filenames(count: int) -> list[str]:
    return [f"{index:05d}" for index in range(count)]


def sheet_strips(frame: pd.DataFrame) -> list[Strip]:
    """Return the first twenty samples of each digit."""
    return [Strip(digit, stack_images(frame[frame["label"] == digit].head(_SHOWN))) for digit in DIGITS]


@click.command(cls=Command)
def main() -> None:
    """Turn MNIST's four files into the sample table."""
    cv2.setNumThreads(1)  # every core has a process; OpenCV's own threads would only be in their way
    frame = prepare_mnist({source_name(source, RAW): read_digits(RAW, part) for source, part in PARTS.items()})
    write_table(frame, TABLE)
    note = f"{len(frame)} digits, the first {_SHOWN} of each, as the network sees them (28x28, inverted)"
    write_png(draw_sheet("MNIST after normalisation", note, sheet_strips(frame)), SHEET)
    logger.info("%s: %d digits; look at %s", TABLE, len(frame), SHEET)


if __name__ == "__main__":
    main()
