"""pipelines/emnist/params.yaml as frozen, typed models; the sections that Pysar's own pipeline has too are the same."""

from typing import Annotated

from pydantic import Field

from src.config.params import read_params
from src.config.sections import (
    Compute,
    Count,
    Data,
    Evaluate,
    Fraction,
    Network,
    Seed,
    StageParams,
    Strict,
    TrainOnSizes,
)
from src.tasks.emnist import PIPELINE

PARAMS_FILE = PIPELINE / "params.yaml"


class EmnistSample(Strict):
    """How many printed pictures of each of the 62 characters stand in for NIST's."""

    seed: Seed
    """Seed of the drawing."""
    per_class: Annotated[int, Field(ge=10)]
    """Pictures of each of 62 characters."""


class EmnistSplit(Strict):
    """Which rows are trained on, chosen on and reported on; with NIST's own test part `test_size` is not asked."""

    test_size: Fraction
    """Share of the rows that only measure; not asked if NIST's own test part is there."""
    val_size: Fraction
    """Share of the rows that choose the epoch."""
    seed: Seed
    """Seed of the choice of rows."""


class EmnistCalibrate(Strict):
    """What is chosen on validation rows: which pictures are accepted as characters, and which answers are trusted."""

    acceptance: Fraction
    """Share of characters that must be accepted as characters."""
    trusted: Fraction
    """Share of right answers that must be probable enough to be trusted; the others are "unsure"."""
    familiar_rows: Count
    """The most training rows that say what is familiar, for refusal."""


class EmnistParams(Strict):
    """All of pipelines/emnist/params.yaml."""

    data: Data
    sample: EmnistSample
    split: EmnistSplit
    compute: Compute
    network: Network
    train: TrainOnSizes
    calibrate: EmnistCalibrate
    evaluate: Evaluate

    @property
    def of_training(self) -> StageParams:
        """What the stage that trains reads."""
        return StageParams(self.train, self.model_dump(include={"compute", "network", "train"}))


def load_emnist_params() -> EmnistParams:
    """Read and validate pipelines/emnist/params.yaml; see `load_params`."""
    return read_params(PARAMS_FILE, EmnistParams)
