"""What networks say of rows that they were not trained on: each fold is read by a network that learned the others."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from src.data.partition import folds, take
from src.models.answers import Answers, join_answers, make_answers
from src.models.corpora import hold_back, read_corpora, without
from src.models.device import prepare_machine
from src.models.loop import Trainer
from src.models.predict import sample_logits
from src.models.reading import FinetuneTask
from src.models.samples import make_samples
from src.models.start import PRETRAINED, pretrained_network
from src.parallel import each_of
from src.params import Params


class Reader(NamedTuple):
    """Fine-tunes on some rows and reads others; goes to other processes as it is."""

    frame: pd.DataFrame
    params: Params
    what: str

    def read(self, job: tuple[int, NDArray[np.bool_]]) -> Answers:
        """Return what a network says of rows held back, which learned from the others.

        Args:
            job: The seed of the training, and (n,) which rows of the frame are held back.

        As in `finetune` some of the others choose the epoch.
        """
        seed, held_back = job
        torch.set_num_threads(1)
        params = self.params.with_values({"finetune.seed": seed})
        machine = prepare_machine(params.compute)
        pool, unread = self.frame[~held_back], self.frame[held_back]
        choosing = take(pool, params.split.val_size * len(self.frame), seed, self.what)
        train, validation = pool[~choosing], pool[choosing]
        old, _ = hold_back(read_corpora(params.pretrain.corpora), params.pretrain)
        old = without(without(old, validation), unread)
        samples = (make_samples(rows, machine.device) for rows in (train, validation))
        task = FinetuneTask(*samples, params.finetune, make_samples(old, machine.device))
        trainer = Trainer(pretrained_network(params, PRETRAINED, machine.device), task, params.finetune, machine)
        for epoch in range(params.finetune.epochs):
            trainer.note(trainer.run_epoch(epoch, lambda _steps, _note: None))
        trainer.network.load_state_dict(trainer.result.weights)
        rows = make_samples(unread, machine.device)
        return make_answers(sample_logits(trainer.network.eval(), rows), rows)


def out_of_fold(reader: Reader, count: int, seeds: Sequence[int], workers: int) -> list[tuple[pd.DataFrame, Answers]]:
    """Return for each seed the rows of all folds, and what is said of each by the network that had not learned it.

    The rows have a column more: `fold`.

    Args:
        reader: With all rows. Rows of a label and case with fewer groups than folds are always learned and never read.
        count: Folds.
        seeds: One partition and one training of each fold for each.
        workers: Processes, of one thread each; the answers do not depend on how many.
    """
    parts = [folds(reader.frame, count, seed, reader.what) for seed in seeds]
    jobs = [(seed, fold) for seed, partition in zip(seeds, parts, strict=True) for fold in partition]
    ended = dict(each_of(jobs, reader.read, workers))
    answers = [ended[number] for number in range(len(jobs))]
    return [
        (
            pd.concat([reader.frame[fold].assign(fold=n) for n, fold in enumerate(partition)], ignore_index=True),
            join_answers(answers[number * count : (number + 1) * count]),
        )
        for number, partition in enumerate(parts)
    ]
