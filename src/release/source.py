"""What `pysar release` takes of each task: the pipeline's model, rows to measure it by, and words for its card."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from src.common.errors import InputError
from src.config.paths import EVALUATED, EXPORTED, SPLIT_TABLE
from src.data.fetching.manifest import Corpus, load_manifest
from src.data.tables.source_names import holds_sample
from src.data.tables.table import SPLIT_SCHEMA, read_table, split_schema_of
from src.models.rows.split_rows import rows_of
from src.prediction.model_file import UKRAINIAN
from src.release.forms import Rows, rows_for, tested_rows
from src.tasks.emnist import PIPELINE, VARIANTS, Variant, split_mode_of

_LEARNED = ("mnist", "rukopys", "cmnist")
UKRAINIAN_FIGURES = ("label", "label_kind_known", "label_top3", "case_letters", "label_ece", "unseen",
                     "unseen_kind_known", "unseen_top3", "mnist_test", "refusal_auroc", "refusal_fpr95")  # fmt: skip
EMNIST_FIGURES = ("label", "label_kind_known", "label_top3", "label_macro_f1", "label_ece", "accepted", "unsure",
                  "right_where_sure")  # fmt: skip
_LICENCE = (
    "The code is Apache-2.0. The weights were learned from the corpora named under `data`, two of which state no "
    "licence; no picture of theirs is in the model's file. Ask their authors before you sell it."
)
_EMNIST_LICENCE = "The code is Apache-2.0. The weights were learned from pictures in the public domain."


class Source(NamedTuple):
    """What a release is made of.

    exported: The pipeline's model.
    learned: Training rows, by which the scales of int8 are chosen.
    compared: Rows on which int8 and float32 are compared, and what they are called.
    metrics: The file of what `evaluate` measured, and the figures of it that a card has.
    words: What the card says besides.
    """

    exported: Path
    learned: Rows
    compared: Rows
    compared_name: str
    metrics: Path
    figures: tuple[str, ...]
    words: Mapping[str, Any]


def source_of(task: str) -> Source:
    """Read what a release of a task is made of, at the root of the repository.

    Raises:
        InputError: A stage has not run, or has run on the embedded sample.
    """
    if task == UKRAINIAN:
        return _ukrainian()
    return _emnist(next(each for each in VARIANTS.values() if each.task == task))


def _ukrainian() -> Source:
    frame = _real(read_table(SPLIT_TABLE, SPLIT_SCHEMA), SPLIT_TABLE)
    manifest = load_manifest()
    words = {
        "reads": "single handwritten Ukrainian letters (33, both cases) and digits",
        "data": {name: _described(manifest[name]) for name in manifest if name in _LEARNED},
        "made_letters": "and letters drawn by our own stroke writer, or composed of Cyrillic-MNIST's (stage fill)",
        "licence": _LICENCE,
    }
    learned, compared = (rows_for(rows) for rows in (rows_of(frame, "train"), tested_rows(frame)))
    return Source(EXPORTED, learned, compared, "test rows and unseen hands", EVALUATED, UKRAINIAN_FIGURES, words)


def _emnist(variant: Variant) -> Source:
    frame = _real(read_table(variant.table, split_schema_of(variant.alphabet)), variant.table)
    official = split_mode_of(frame["source"]) == "official"
    corpus = load_manifest(PIPELINE / "corpora.yaml")["whole"] if official else load_manifest()["emnist"]
    words = {
        "reads": f"single handwritten digits and Latin letters: {variant.alphabet.labels}",
        "data": {"emnist": _described(corpus)},
        "licence": _EMNIST_LICENCE,
    }
    learned, compared = (
        rows_for(rows_of(frame, split, variant.table), variant.alphabet) for split in ("train", "test")
    )
    metrics = variant.reports / "evaluate" / "details.json"
    return Source(variant.exported, learned, compared, "test rows", metrics, EMNIST_FIGURES, words)


def _described(corpus: Corpus) -> dict[str, str]:
    return corpus.model_dump(include={"title", "home", "licence", "citation"})


def _real(frame: pd.DataFrame, table: Path) -> pd.DataFrame:
    if holds_sample(frame):
        raise InputError(f"{table}: made of the embedded sample; release a model of real handwriting")
    return frame
