"""What networks say of rows that they were not trained on: each fold is read by a network that learned the others."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from src.common.cores import as_they_end
from src.config.params import Params
from src.config.paths import PRETRAINED
from src.data.corpora.collected_rows import without_collected
from src.data.splitting.partition_others import folds_of_others, take_of_others
from src.models.network.forward import row_logits
from src.models.network.network import Network
from src.models.rows.corpora import hold_back, read_corpora, without
from src.models.rows.row_tensors import RowTensors, make_tensors, without_heights
from src.models.scoring.answers import Answers, join_answers, make_answers
from src.models.scoring.familiarity import familiarity_scores, fit_familiarity
from src.models.scoring.intervals import Floats
from src.models.training.device import Machine, prepare_machine
from src.models.training.loop import Trainer, learn
from src.models.training.reading import FinetuneTask
from src.models.training.start import pretrained_network

_OLD_ROWS = 8000
"""So many rows of the large corpora say, with all of the split table, what is familiar."""

logger = logging.getLogger(__name__)


class Readings(NamedTuple):
    """What was said of n rows.

    known, hidden: With their heights as they are, and with all heights hidden.
    score: (n,) float64, how familiar each is.
    """

    known: Answers
    hidden: Answers
    score: Floats

    def take(self, rows: NDArray[np.bool_]) -> "Readings":
        """Return those of the rows that are marked."""
        return Readings(self.known.take(rows), self.hidden.take(rows), self.score[rows])


class Learned(NamedTuple):
    """A network, the rows that it has learned, and the rows of the fold that it has not.

    train, old: Of the frame and of the large corpora.
    """

    network: Network
    train: pd.DataFrame
    old: pd.DataFrame
    unread: RowTensors


def learn_others(
    frame: pd.DataFrame, held_back: NDArray[np.bool_], seed: int, old: pd.DataFrame, params: Params
) -> Learned:
    """Fine-tune the pretrained network on all rows but a fold; as in `finetune` some of them choose the epoch.

    Given drawings are learned from and choose nothing.

    Args:
        frame: All rows.
        held_back: (n,) which of them are the fold.
        seed: Of the training.
        old: Rows of the large corpora, of which some are replayed.
        params: All params.

    Raises:
        InputError: `split.val_size` does not fit what is left of the rows.
    """
    torch.set_num_threads(1)
    params = params.with_values({"finetune.seed": seed})
    machine = prepare_machine(params.compute)
    pool, unread = frame[~held_back], frame[held_back]
    choosing = take_of_others(pool, params.split.val_size * len(without_collected(frame)), seed, "split.val_size")
    train, validation = pool[~choosing], pool[choosing]
    old = without(without(old, validation), unread)
    network = fine_tuned(train, validation, old, params, machine)
    return Learned(network, train, old, make_tensors(unread, machine.device))


class Reader(NamedTuple):
    """Fine-tunes on some rows and reads others; goes to other processes as it is.

    negatives: (n, side, side) uint8 pictures of no character, by which scores are fitted.
    what: Names the param that asks for folds, where there are too few rows.
    """

    frame: pd.DataFrame
    negatives: NDArray[np.uint8]
    params: Params
    what: str

    def read(self, job: tuple[int, NDArray[np.bool_]]) -> Readings:
        """Return what a network says of rows held back, which learned from the others.

        Args:
            job: The seed of the training, and (n,) which rows of the frame are held back.
        """
        seed, held_back = job
        old, _ = hold_back(read_corpora(self.params.pretrain.corpora), self.params.pretrain)
        learned = learn_others(self.frame, held_back, seed, old, self.params)
        network, rows = learned.network, learned.unread
        device = rows.image.device
        negatives = torch.from_numpy(self.negatives).to(device)
        familiarity = fit_familiarity(network, learned_rows(learned.train, learned.old, device), negatives)
        return Readings(
            make_answers(row_logits(network, rows), rows),
            make_answers(row_logits(network, without_heights(rows)), rows),
            familiarity_scores(familiarity, network, rows.image).cpu().numpy().astype(np.float64),
        )


def out_of_fold(reader: Reader, count: int, seeds: Sequence[int], workers: int) -> list[tuple[pd.DataFrame, Readings]]:
    """Return for each seed the rows of all folds, and what is said of each by the network that had not learned it.

    The rows have a column more: `fold`.

    Args:
        reader: With all rows. Given drawings, and rows of a label and case with fewer groups than folds, are always
            learned and never read.
        count: Folds.
        seeds: One partition and one training of each fold for each.
        workers: Processes, of one thread each; the answers do not depend on how many.
    """
    parts = [folds_of_others(reader.frame, count, seed, reader.what) for seed in seeds]
    jobs = [(seed, fold) for seed, partition in zip(seeds, parts, strict=True) for fold in partition]
    ended: dict[int, Readings] = {}
    for number, outcome in as_they_end(reader.read, jobs, workers):
        ended[number] = outcome
        logger.info("%d of %d networks have read their fold", len(ended), len(jobs))
    readings = [ended[number] for number in range(len(jobs))]
    return [
        (
            pd.concat([reader.frame[fold].assign(fold=n) for n, fold in enumerate(partition)], ignore_index=True),
            _join(readings[number * count : (number + 1) * count]),
        )
        for number, partition in enumerate(parts)
    ]


def learned_rows(train: pd.DataFrame, old: pd.DataFrame, device: torch.device) -> RowTensors:
    """Return the training rows, and some of the replayed ones, of which there are very many."""
    some = old.sample(min(len(old), _OLD_ROWS), random_state=0)
    return make_tensors(pd.concat([train, some], ignore_index=True), device)


def fine_tuned(
    train: pd.DataFrame, validation: pd.DataFrame, old: pd.DataFrame, params: Params, machine: Machine
) -> Network:
    """Return the pretrained network, fine-tuned; the validation rows choose the epoch, and `old` is replayed."""
    learned, choosing, replayed = (make_tensors(rows, machine.device) for rows in (train, validation, old))
    task = FinetuneTask(learned, choosing, params.finetune, replayed)
    network = pretrained_network(params, PRETRAINED, machine.device)
    learn(Trainer(network, task, params.finetune, machine))
    return network


def _join(parts: Sequence[Readings]) -> Readings:
    known, hidden, score = zip(*parts, strict=True)
    return Readings(join_answers(known), join_answers(hidden), np.concatenate(score))
