"""`pysar release`: put a pipeline's model into the code, so that `pysar predict` reads right after installation."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np
import onnx

from src.common.command import Command
from src.common.digests import file_digest
from src.common.errors import InputError, WorkError
from src.common.files import replace_file, write_json
from src.prediction.model import Model, read_model
from src.prediction.model_file import TASKS, UKRAINIAN, card_of, released_file
from src.release.forms import Right, Rows, right, whole_numbers
from src.release.source import Source, source_of
from src.tracking.lineage import git_commit
from src.workspace.repository import find_root

LARGEST_BYTES = 1_500_000
MOST_LOST = 0.003
"""So much less of the compared rows may be read rightly than by the model as exported."""


def small_model(exported: Path, learned: Rows, compared: Rows) -> tuple[bytes, Right, Right]:
    """Return the exported model in int8, and what the model as exported and it read rightly.

    Args:
        exported: The model's file.
        learned: Training rows, by which the scales of int8 are chosen.
        compared: Rows on which the two are compared: nothing is chosen by them.

    Raises:
        InputError: The file is missing, no model of ours, or one that does not work or reads another alphabet.
        WorkError: It is larger than a release may be, or more than `MOST_LOST` of what was right is lost.
    """
    model = read_model(exported)
    if model.alphabet != compared.alphabet:
        raise InputError(f"{exported}: it reads another alphabet than the task; run `make repro` or `dvc repro` first")
    before = right(model.outputs, compared)
    content = whole_numbers(onnx.load(exported), learned).SerializeToString(deterministic=True)
    if len(content) > LARGEST_BYTES:
        raise WorkError(f"{exported}: {len(content):,} bytes in int8, above {LARGEST_BYTES:,}; narrow it")
    after = right(Model(content, str(exported)).outputs, compared)
    if not max(before.label - after.label, np.nan_to_num(before.case - after.case)) <= MOST_LOST:
        raise WorkError(f"{exported}: int8 loses {before.label - after.label:.2%} of labels, "
                        f"{before.case - after.case:.2%} of cases; not released")  # fmt: skip
    return content, before, after


def make_card(source: Source, metrics: Mapping[str, Any], released: Path, precision: str) -> dict[str, Any]:
    """Return what a user should know of a released model: data, figures with their intervals, licence, origin."""
    return {
        "name": source.exported.stem,
        **source.words,
        "git_revision": git_commit(),
        "sha256": file_digest(released),
        "precision": precision,
        "split": metrics["split_mode"],
        "figures": {name: metrics[name] for name in source.figures},
    }


def describe_precision(source: Source, before: Right, after: Right) -> str:
    """Say what int8 costs, on so many pictures."""
    count, kind = len(source.compared.frame), "" if np.isnan(after.case) else "; the kind is not told"
    case = "" if np.isnan(after.case) else f", of their letters' cases {after.case:.2%} ({before.case:.2%})"
    return (
        f"int8 convolutions; of {count:,} pictures of {source.compared_name} {after.label:.2%} are read rightly "
        f"(float32: {before.label:.2%}{kind}){case}; the figures are those at float32"
    )


@click.command(cls=Command)
@click.option(
    "--task", type=click.Choice(list(TASKS)), default=UKRAINIAN, show_default=True, help="Which alphabet's model."
)
def main(task: str) -> None:
    """Release the model of the last run: write it in int8 into the code, with a card."""
    os.chdir(find_root(Path.cwd()))
    source, released = source_of(task), released_file(task)
    content, before, after = small_model(source.exported, source.learned, source.compared)
    metrics, precision = json.loads(source.metrics.read_text("utf-8")), describe_precision(source, before, after)
    with replace_file(released) as temporary:
        temporary.write_bytes(content)
    write_json(card_of(released), make_card(source, metrics, released, precision))
    click.echo(f"{released}: {len(content):,} bytes, {precision}; commit it")


if __name__ == "__main__":
    main()
