"""Small sample tables and IDX files for the tests of the stages from prepare_* on."""

import gzip
import struct
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from ruamel.yaml import YAML

from src.data.splitting.partition import strata
from src.data.tables.table import make_table
from tests.default_params import PARAMS

ROOT = Path(__file__).parents[2]


def row(label: str, filename: str, source: str = "rukopys", **more: float | str | bytes | None) -> dict[str, Any]:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 13:15] = 255
    written = {"image": image.tobytes(), "label": label, "source": source, "filename": filename}
    kind = {} if label.isdigit() else {"is_uppercase": False, "relative_height": 0.4}
    return {**written, "group": f"{source}/{filename}", **kind, **more}


def with_groups(frame: pd.DataFrame, seed: int, per_stratum: int) -> pd.DataFrame:
    """Put the rows of each label and case into up to `per_stratum` random groups of uneven sizes."""
    generator = np.random.default_rng(seed)
    numbers = (per_stratum * generator.random(len(frame)) ** 2).astype(int)
    return frame.assign(group=strata(frame) + pd.Series(numbers, index=frame.index).astype("str"))


def letters(labels: str = "абв", per_class: int = 20, uppercase: str = "а") -> pd.DataFrame:
    """Make `per_class` lowercase rows of each label, and as many in uppercase of those in `uppercase`."""
    cases = [(label, False) for label in labels] + [(label, True) for label in uppercase]
    return make_table(
        [
            row(label, f"glyphs/{label}-{number + 100 * is_uppercase}.png", is_uppercase=is_uppercase)
            for label, is_uppercase in cases
            for number in range(per_class)
        ]
    )


def mnist(train: int = 30, test: int = 12, prefix: str = "") -> pd.DataFrame:
    """Make a table of MNIST with so many rows of each digit in its training and test file, digits in turn."""
    return make_table(
        [
            row(str(index % 10), f"{index:05d}", prefix + source)
            for source, count in (("mnist_train", train), ("mnist_test", test))
            for index in range(10 * count)
        ]
    )


def collected(count: int = 6, labels: str = "аб5") -> pd.DataFrame:
    """Make rows of given drawings, of the labels in turn and two of each writer; case and height are not known."""
    unknown = {"is_uppercase": None, "relative_height": None}
    return make_table(
        [
            row(labels[n % len(labels)], f"{n:064x}", "collected", **unknown, group=f"collected/writer-{n // 2:04d}")
            for n in range(count)
        ]
    )


def write_idx(path: Path, values: NDArray[np.uint8]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    header = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    path.write_bytes(gzip.compress(header + values.tobytes()))


def strokes(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Draw (count, 28, 28) uint8 pictures of a random line with three bends, white on black, within MNIST's 20 px."""
    generator = np.random.default_rng(seed)
    images = np.zeros((count, 28, 28), np.uint8)
    for image in images:
        corners = generator.integers(5, 23, (5, 2)).astype(np.int32)
        cv2.polylines(image, [corners], isClosed=False, color=255, thickness=2, lineType=cv2.LINE_AA)
    return images


def write_mnist(folder: Path, train: int, test: int) -> None:
    """Write the four files of an MNIST with so many digits, of the labels in turn."""
    for part, count, seed in (("train", train, 1), ("t10k", test, 2)):
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", strokes(count, seed))
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", (np.arange(count) % 10).astype(np.uint8))


def write_params(folder: Path, **leaves: float | str) -> None:
    """Copy the repository's params.yaml with some leaves changed: `split__mode="published"` sets split.mode."""
    yaml = YAML()
    document = yaml.load(PARAMS.read_text(encoding="utf-8"))
    for path, value in leaves.items():
        section, leaf = path.split("__")
        document[section][leaf] = value
    with (folder / "params.yaml").open("w", encoding="utf-8") as stream:
        yaml.dump(document, stream)
