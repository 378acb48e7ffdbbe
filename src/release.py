"""`pysar release`: put the pipeline's model into the code, so that `pysar predict` reads right after installation."""

import json
import os
from pathlib import Path
from typing import Any

import click
import numpy as np
import onnx

from src.command import Command
from src.data.manifest import load_manifest
from src.data.source_names import holds_sample
from src.data.table import SPLIT_SAMPLES, read_table
from src.errors import InputError, WorkError
from src.files import file_digest, replace_file, write_json
from src.models.forms import Right, Rows, right, rows_for, tested_rows, whole_numbers
from src.models.lineage import git_commit
from src.models.split_rows import TABLE, rows_of
from src.prediction.model import Model, read_model
from src.prediction.model_file import CARD, EXPORTED, RELEASED
from src.repository import METRICS, find_root

LARGEST_BYTES = 1_500_000
MOST_LOST = 0.003
"""So much less of the test rows and unseen hands may be read rightly than by the model as exported."""
LEARNED = ("mnist", "rukopys", "cmnist")
FIGURES = ("label", "label_kind_known", "label_top3", "case_letters", "label_ece", "unseen", "unseen_kind_known",
           "unseen_top3", "mnist_test", "refusal_auroc", "refusal_fpr95")  # fmt: skip
LICENCE = (
    "The code is Apache-2.0. The weights were learned from the corpora named under `data`, two of which state no "
    "licence; no picture of theirs is in the model's file. Ask their authors before you sell it."
)


def small_model(exported: Path, learned: Rows, compared: Rows) -> tuple[bytes, Right, Right]:
    """Return the exported model in int8, and what it and the model as exported read rightly.

    Args:
        exported: The model's file.
        learned: Training rows, by which the scales of int8 are chosen.
        compared: Rows on which the two are compared: nothing is chosen by them.

    Raises:
        InputError: The file is missing, or is no model of ours.
        WorkError: It is larger than a release may be, or more than `MOST_LOST` of what was right is lost.
    """
    before = right(read_model(exported).outputs, compared)
    content = whole_numbers(onnx.load(exported), learned).SerializeToString(deterministic=True)
    if len(content) > LARGEST_BYTES:
        raise WorkError(f"{exported}: {len(content):,} bytes in int8, above {LARGEST_BYTES:,}; narrow it")
    after = right(Model(content, str(exported)).outputs, compared)
    if not max(before.label - after.label, np.nan_to_num(before.case - after.case)) <= MOST_LOST:
        raise WorkError(f"{exported}: int8 loses {before.label - after.label:.2%} of labels, "
                        f"{before.case - after.case:.2%} of cases; not released")  # fmt: skip
    return content, before, after


def make_card(metrics: dict[str, Any], content_digest: str, precision: str, commit: str | None) -> dict[str, Any]:
    """Return what a user should know of the model: data, figures with their intervals, licence, origin."""
    manifest = load_manifest()
    return {
        "name": "pysar",
        "reads": "single handwritten Ukrainian letters (33, both cases) and digits",
        "git_revision": commit,
        "sha256": content_digest,
        "precision": precision,
        "data": {
            name: {"title": corpus.title, "home": corpus.home, "licence": corpus.licence, "citation": corpus.citation}
            for name, corpus in manifest.items()
            if name in LEARNED
        },
        "made_letters": "and letters drawn by our own stroke writer, or composed of Cyrillic-MNIST's (stage fill)",
        "licence": LICENCE,
        "split": metrics["split_mode"],
        "figures": {name: metrics[name] for name in FIGURES},
    }


def describe_precision(count: int, before: Right, after: Right) -> str:
    """Say what int8 costs, on so many pictures."""
    return (
        f"int8 convolutions; of {count:,} pictures of test rows and unseen hands {after.label:.2%} are read rightly "
        f"(float32: {before.label:.2%}; the kind is not told), of their letters' cases {after.case:.2%} "
        f"({before.case:.2%}); the figures are those at float32"
    )


@click.command(cls=Command)
def main() -> None:
    """Release the model of the last run: write it in int8 into the code, with a card."""
    os.chdir(find_root(Path.cwd()))
    frame = read_table(TABLE, SPLIT_SAMPLES)
    if holds_sample(frame):
        raise InputError(f"{TABLE}: made of the embedded sample; release a model of real handwriting")
    tested = tested_rows(frame)
    content, before, after = small_model(EXPORTED, rows_for(rows_of(frame, "train")), rows_for(tested))
    with replace_file(RELEASED) as temporary:
        temporary.write_bytes(content)
    metrics, precision = json.loads(METRICS.read_text("utf-8")), describe_precision(len(tested), before, after)
    write_json(CARD, make_card(metrics, file_digest(RELEASED), precision, git_commit()))
    click.echo(f"{RELEASED}: {len(content):,} bytes, {precision}; commit it")


if __name__ == "__main__":
    main()
