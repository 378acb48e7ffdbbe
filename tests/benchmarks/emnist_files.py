"""Tables of a variant of EMNIST with pictures that any network learns at once."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from ruamel.yaml import YAML

from src.data.tables.table import make_table, split_schema_of, write_table
from src.tasks.emnist import PIPELINE, Variant
from tests.default_params import EMNIST_PARAMS

ROOT = Path(__file__).parents[2]


def write_rows(variant: Variant, counts: dict[str, int]) -> NDArray[np.uint8]:
    """Write the table of raw pictures, of each label as many in each split as `counts` says; return the pictures.

    A label's pictures are blocks of ink, the same for each, but for a corner of noise that tells them apart.
    """
    generator = np.random.default_rng(1)
    splits = [split for split, count in counts.items() for _ in range(count)]
    labels = list(variant.alphabet.labels) * len(splits)
    shapes = {label: np.kron(generator.integers(0, 2, (5, 5)), np.full((4, 4), 255)) for label in set(labels)}
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 4:24, 4:24] = np.stack([shapes[label] for label in labels])
    images[:, 4:6, 4:24] = generator.integers(0, 256, (len(labels), 2, 20))
    names = [f"{number:06d}" for number in range(len(labels))]
    frame = make_table(
        {
            "image": [image.tobytes() for image in images], "label": labels,
            "source": ["emnist_byclass_test"] * len(labels), "filename": names, "group": names,
        }
    ).assign(split=pd.Series(np.repeat(splits, len(variant.alphabet)), dtype="str"))  # fmt: skip
    write_table(frame, variant.raw_table, split_schema_of(variant.alphabet))
    return images


def write_params(folder: Path, **train: float) -> None:
    """Write the params of the Latin family's pipeline with a small network, and how it learns."""
    (folder / PIPELINE).mkdir(parents=True)
    path = folder / PIPELINE / "params.yaml"
    shutil.copy(EMNIST_PARAMS, path)
    document = YAML(typ="safe").load(path)
    document["network"] |= {"channels": [8, 16], "features": 32, "dropout": 0.0}
    document["train"] |= train
    YAML().dump(document, path)
