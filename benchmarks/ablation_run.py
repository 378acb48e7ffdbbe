"""Train and measure one row of the ablation, in a workspace of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from benchmarks.ablation_rows import Row, Way
from src.common.cores import as_they_end
from src.config.params import Params
from src.config.paths import COLLECTED, INTERIM, MERGED_TABLE, MODELS, PRETRAINED, PROCESSED, RAW
from src.data.corpora.collected_rows import without_collected
from src.data.splitting.partition import folds
from src.data.tables.table import read_table
from src.features.labels import LABELS, LETTERS
from src.models.held_back.out_of_fold import learn_others
from src.models.network.forward import quick_logits, row_logits
from src.models.network.weights import load_network, save_network
from src.models.rows.corpora import hold_back, read_corpora
from src.models.rows.row_tensors import make_tensors, without_heights
from src.models.scoring.answers import Answers, join_answers, make_answers
from src.models.scoring.metrics import kind_known_right, paired_letters
from src.models.training.device import prepare_machine
from src.models.training.loop import Trainer, learn
from src.models.training.reading import ReadingTask
from src.models.training.start import untrained_network

WAYS: tuple[Way, ...] = ("as it is", "heights hidden", "one copy")
"""The ways of reading that one network has."""

_STAGES = ("prepare_glyphs", "prepare_mnist", "prepare_cmnist", "prepare_collected", "fill", "merge", "split")
_WHAT = "ablation"
_LEARNED = 0.5
"""Share of the large corpora that a row is pretrained on."""
_REPLAYED = 20_000
"""Rows of the large corpora, enough for a short fine-tuning; all of them take longer to read than it takes."""

Floats = NDArray[np.float64]


class Right(NamedTuple):
    """What a row reads rightly, letter by letter, so that rows can be compared in pairs; 1, 0, or NaN where not asked.

    label, kind_known, case: (n,) of the letters of rukopys, each read by a network that had not learned it; case of
        those that are there in both.
    unseen: (n,) kind known, by the pretrained network, to which the writer is a stranger.
    """

    label: Floats
    kind_known: Floats
    case: Floats
    unseen: Floats

    def as_json(self) -> dict[str, list[float | None]]:
        """Return it with null for NaN, which JSON has not."""
        return {name: [None if np.isnan(value) else value for value in self[n]] for n, name in enumerate(self._fields)}


@contextmanager
def workspace(folder: Path, row: Row, params: Params) -> Iterator[None]:
    """Work in `folder`, on the tables of the repository or on those of the row's own params."""
    root = Path.cwd()
    for made in (INTERIM, PROCESSED, MODELS):
        (folder / made).mkdir(parents=True, exist_ok=True)
    for table in [*(root / INTERIM).glob("*.parquet"), *(root / PROCESSED).glob("*.parquet")]:
        shutil.copy(table, folder / table.relative_to(root))
    for read in (RAW, COLLECTED):
        (folder / read).symlink_to(root / read)
    (folder / "params.yaml").write_text(json.dumps(params.model_dump()), encoding="utf-8")
    if row.prepares:
        for stage in _STAGES:
            way = ["benchmarks.plain_pictures"] if row.plain_pictures else []
            command = [sys.executable, "-m", *way, f"src.data.{stage}"]
            subprocess.run(command, cwd=folder, env=os.environ | {"PYTHONPATH": str(root)}, check=True)  # noqa: S603 - ours
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(root)


def pretrain(params: Params) -> None:
    """Pretrain in the workspace."""
    machine = prepare_machine(params.compute)
    learned, held = hold_back(read_corpora(params.pretrain.corpora), params.pretrain)
    learned = learned.sample(frac=_LEARNED, random_state=0)
    task = ReadingTask(make_tensors(learned, machine.device), make_tensors(held, machine.device), params.pretrain)
    network = untrained_network(params, machine.device)
    learn(Trainer(network, task, params.pretrain, machine))
    save_network(network, params.network, PRETRAINED)


def read_out_of_fold(params: Params, seeds: Sequence[int], workers: int) -> dict[int, dict[Way, Answers]]:
    """Return, for each seed of the fine-tuning, what is said of the letters of rukopys in each way of reading.

    The folds are the same for all seeds and all rows of the table.
    """
    frame = without_collected(read_table(MERGED_TABLE))
    parts = folds(frame, params.crossval.folds, params.crossval.seed, _WHAT)
    jobs = [(seed, part) for seed in seeds for part in parts]
    old, _ = hold_back(read_corpora(params.pretrain.corpora), params.pretrain)
    old = old.sample(min(len(old), _REPLAYED), random_state=0)
    ended = dict(as_they_end(partial(_read_fold, frame, old, params), jobs, workers))
    order = np.argsort(np.concatenate([np.flatnonzero(part) for part in parts]))
    letters = frame["label"].isin(list(LETTERS)).to_numpy()[np.logical_or.reduce(parts)]
    return {
        seed: {
            way: join_answers([ended[start + n][way] for n in range(len(parts))]).take(order).take(letters)
            for way in WAYS
        }
        for start, seed in zip(range(0, len(jobs), len(parts)), seeds, strict=True)
    }


def _read_fold(
    frame: pd.DataFrame, old: pd.DataFrame, params: Params, job: tuple[int, NDArray[np.bool_]]
) -> dict[Way, Answers]:
    seed, held_back = job
    learned = learn_others(frame, held_back, seed, old, params)
    network, rows = learned.network, learned.unread
    said = (row_logits(network, rows), row_logits(network, without_heights(rows)), quick_logits(network, rows))
    return {way: make_answers(logits, rows) for way, logits in zip(WAYS, said, strict=True)}


def letters_right(answers: Answers) -> Right:
    """Say letter by letter what is right; the last field by the pretrained network of the workspace."""
    frame = without_collected(read_table(MERGED_TABLE))
    letters = frame[frame["label"].isin(list(LETTERS))]
    rows = make_tensors(letters, torch.device("cpu"))
    unseen = kind_known_right(make_answers(row_logits(load_network(PRETRAINED), rows), rows))
    pairs = paired_letters(letters)
    label = np.array(list(LABELS))[answers.label]
    is_paired = np.isin(label, list(pairs)) & answers.has_case
    return Right(
        answers.label_right.astype(np.float64),
        kind_known_right(answers).astype(np.float64),
        np.where(is_paired, answers.case_right, np.nan),
        unseen.astype(np.float64),
    )
