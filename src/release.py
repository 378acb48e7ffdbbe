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
from src.data.table import SPLIT_SAMPLES, read_table, stack_images
from src.errors import InputError, WorkError
from src.files import file_digest, replace_file, write_json
from src.models.half_precision import halve_weights
from src.models.lineage import git_commit
from src.models.split_rows import TABLE
from src.prediction.model import Model, Outputs, read_model
from src.prediction.model_file import CARD, EXPORTED, RELEASED
from src.repository import METRICS, find_root

LARGEST_BYTES = 1_500_000
MOST_CHANGED = 0.002
"""Share of answers to the split table's pictures that may be others than those of the model as exported."""
LEARNED = ("mnist", "rukopys", "cmnist")
FIGURES = ("label", "label_kind_known", "label_top3", "case_letters", "label_ece", "unseen", "unseen_kind_known",
           "unseen_top3", "mnist_test", "refusal_auroc", "refusal_fpr95")  # fmt: skip
LICENCE = (
    "The code is Apache-2.0. The weights were learned from the corpora named under `data`, two of which state no "
    "licence; no picture of theirs is in the model's file. Ask their authors before you sell it."
)


def small_model(exported: Path, images: np.ndarray, heights: np.ndarray) -> tuple[bytes, float]:
    """Return the exported model with weights of half precision, and the share of answers that this changes.

    Args:
        exported: The model's file.
        images: (n, side, side) uint8, on which the two are compared.
        heights: (n,) float32 relative heights of them, NaN where unknown.

    Raises:
        InputError: The file is missing, or is no model of ours.
        WorkError: It is larger than a release may be, or more than `MOST_CHANGED` of the answers change.
    """
    before = read_model(exported).outputs(images, heights)
    content = halve_weights(onnx.load(exported)).SerializeToString(deterministic=True)
    if len(content) > LARGEST_BYTES:
        raise WorkError(f"{exported}: {len(content):,} bytes at half precision, above {LARGEST_BYTES:,}; narrow it")
    changed = _changed(before, Model(content, str(exported)).outputs(images, heights))
    if changed > MOST_CHANGED:
        raise WorkError(f"{exported}: half precision changes {changed:.2%} of its answers; not released")
    return content, changed


def _changed(before: Outputs, after: Outputs) -> float:
    same = (before.label.argmax(axis=1) == after.label.argmax(axis=1)) & ((before.case > 0) == (after.case > 0))
    return float(1 - same.mean())


def make_card(metrics: dict[str, Any], content_digest: str, changed: float, commit: str | None) -> dict[str, Any]:
    """Return what a user should know of the model: data, figures with their intervals, licence, origin."""
    manifest = load_manifest()
    return {
        "name": "pysar",
        "reads": "single handwritten Ukrainian letters (33, both cases) and digits",
        "git_revision": commit,
        "sha256": content_digest,
        "precision": f"float16 weights, float32 arithmetic; {changed:.2%} of answers are others than at float32",
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


@click.command(cls=Command)
def main() -> None:
    """Release the model of the last run: write it at half precision into the code, with a card."""
    os.chdir(find_root(Path.cwd()))
    frame = read_table(TABLE, SPLIT_SAMPLES)
    if holds_sample(frame):
        raise InputError(f"{TABLE}: made of the embedded sample; release a model of real handwriting")
    content, changed = small_model(EXPORTED, stack_images(frame), frame["relative_height"].to_numpy(np.float32))
    with replace_file(RELEASED) as temporary:
        temporary.write_bytes(content)
    metrics = json.loads(METRICS.read_text("utf-8"))
    write_json(CARD, make_card(metrics, file_digest(RELEASED), changed, git_commit()))
    click.echo(f"{RELEASED}: {len(content):,} bytes, {changed:.2%} of {len(frame)} answers changed; commit it")


if __name__ == "__main__":
    main()
