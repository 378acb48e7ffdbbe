"""A variant's rows, on which a network of `benchmarks/emnist.py` is trained and timed, and the runs that are kept."""

import json
import logging
import platform
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.emnist_learning import Budget, Learned, learn_published
from benchmarks.emnist_ours import learn_ours
from benchmarks.emnist_published import PUBLISHED
from benchmarks.emnist_rows import Parts, Rows
from benchmarks.emnist_speed import time_reader
from benchmarks.emnist_summary import OURS, QUICK, Run
from src.common.files import write_json
from src.config.paths import reports_of
from src.models.training.device import Machine
from src.tasks.emnist import SplitMode, Variant
from src.tasks.emnist_params import EmnistParams
from src.workspace.measurements import on_disk, revision_of

KEPT = reports_of("emnist_networks")
_QUICK_SHARE = 4
"""Of the epochs of params ours takes a fourth where it is to learn quickly: a rule that no test row has chosen."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bench:
    """The rows of a variant, and what every network may use to learn them."""

    variant: Variant
    parts: Parts
    mode: SplitMode
    params: EmnistParams
    budget: Budget
    machine: Machine

    @property
    def words(self) -> dict[str, str]:
        """What a reader is told of each network."""
        published = {name: network.words for name, network in PUBLISHED.items()}
        return {OURS: "ours", QUICK: f"ours in {self._quick_epochs} epochs", **published}

    def describe(self) -> dict[str, Any]:
        """Return what the result is of."""
        recipes = {name: published.recipe._asdict() for name, published in PUBLISHED.items()}
        return {**self._shared, "params": _settings(self.params), "recipes": recipes}

    def run(self, name: str, seed: int) -> None:
        """Train, and keep the run, unless one is kept."""
        path = KEPT / self.variant.name / f"{name}-{seed}.json"
        given = self._given(name)
        if _read_kept(path, given):
            return
        logger.info("training %s, seed %d", self.words[name], seed)
        run = measure(self._learn(name, seed), seed, self.parts.test)
        write_json(path, {"given": given, "run": run._asdict()})
        logger.info("%s, seed %d: %.2f %%, %.0f s", self.words[name], seed, 100 * run.right.mean(), run.seconds)

    def kept(self, name: str) -> list[Run]:
        """Return the kept runs of a network that were made with the same rows, budget, machine and recipe, by seed."""
        given = self._given(name)
        paths = (KEPT / self.variant.name).glob(f"{name}-*.json")
        return sorted((run for path in paths if (run := _read_kept(path, given))), key=lambda run: run.seed)

    @cached_property
    def _shared(self) -> dict[str, Any]:
        """What is the same for every network; the hash of all rows is made once."""
        return {
            "variant": self.variant.name,
            "split_mode": self.mode,
            "rows": self.parts.describe(),
            "budget": self.budget._asdict(),
            "machine": f"{self.machine.describe()}, {platform.machine()}",
            "revision": revision_of(f"{self.variant.task}-networks.json", on_disk(Path())),
        }

    def _given(self, name: str) -> dict[str, Any]:
        """Return what changes a run of this network."""
        published = PUBLISHED.get(name)
        recipe = published.recipe._asdict() if published else _settings(self._own_params(name))
        return {**self._shared, "recipe": recipe}

    def _learn(self, name: str, seed: int) -> Learned:
        alphabet = self.variant.alphabet
        if name in PUBLISHED:
            return learn_published(PUBLISHED[name], len(alphabet), self.parts, self.budget, seed, self.machine)
        return learn_ours(alphabet, self.parts, self._own_params(name), self.budget, seed, self.machine)

    @property
    def _quick_epochs(self) -> int:
        return max(1, self.params.train.epochs // _QUICK_SHARE)

    def _own_params(self, name: str) -> EmnistParams:
        if name == OURS:
            return self.params
        train = self.params.train.model_copy(update={"epochs": self._quick_epochs})
        return self.params.model_copy(update={"train": train})


def _read_kept(path: Path, given: dict[str, Any]) -> Run | None:
    """Return a run that is kept and was made with what is given now."""
    if not path.is_file():
        return None
    document = json.loads(path.read_text("utf-8"))
    return Run(**document["run"]) if document["given"] == given else None


def _settings(params: EmnistParams) -> dict[str, Any]:
    return params.model_dump(include={"network", "train"})


def measure(learned: Learned, seed: int, test: Rows) -> Run:
    """Read the test rows, and time the reading."""
    wrong = np.flatnonzero(learned.read(test.images) != test.label)
    speed = time_reader(learned.read, test.images)
    return Run(
        seed=seed,
        numbers=learned.numbers,
        seconds=round(learned.history[-1].seconds, 2),
        seconds_to_chosen=round(learned.history[learned.chosen - 1].seconds, 2),
        epochs=len(learned.history),
        chosen=learned.chosen,
        milliseconds=round(speed.milliseconds, 4),
        pictures_a_second=round(speed.pictures_a_second, 1),
        rows=len(test.label),
        wrong=wrong.tolist(),
        history=[[round(value, 5) for value in epoch] for epoch in learned.history],
    )
