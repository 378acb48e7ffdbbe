"""The section `tune` of params.yaml: which knobs a study may turn, and how far."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from src.config.sections import Strict


class Knob(Strict):
    """Either all numbers from `low` to `high` (`log`: evenly by their logarithm), or a few `choices`."""

    low: float | None = None
    """The least value."""
    high: float | None = None
    """The greatest value."""
    log: bool = False
    """Whether values are spread evenly by their logarithm."""
    choices: Annotated[list[float], Field(min_length=2)] | None = None
    """A few values to choose from, instead of low and high."""

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if self.choices is not None:
            if (self.low, self.high, self.log) != (None, None, False):
                raise ValueError("give either low and high, or choices")
            return self
        if self.low is None or self.high is None or self.low >= self.high:
            raise ValueError("give low and high, low below high, or choices")
        if self.log and self.low <= 0:
            raise ValueError("log needs a low above 0")
        return self

    @property
    def ends(self) -> list[float]:
        """The values that must be possible for all to be."""
        if self.choices is not None:
            return self.choices
        return [end for end in (self.low, self.high) if end is not None]


Space = Annotated[dict[str, Knob], Field(min_length=1)]
"""Knobs by their place in params.yaml, such as `finetune.learning_rate`; whole numbers where that is one."""


class Search(Strict):
    """One study: how many trials, how each is scored, which are ended early, and where values are looked for."""

    trials: Annotated[int, Field(ge=1)]
    """Finished trials in all."""
    folds: Annotated[int, Field(ge=1, le=10)]
    """How often a trial trains: once a fold of all rows but the test rows; 1: once, on the stage's own split."""
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    """Seed of the sampler."""
    pruner: Literal["median", "hyperband", "none"]
    """Which trials end early."""
    startup_trials: Annotated[int, Field(ge=0)]
    """Trials that all run to the end before any may end early."""
    warmup_epochs: Annotated[int, Field(ge=0)]
    """Epochs that each trial may run before it may end early."""
    space: Space
    """Values that may change, by their place in params.yaml, and how far."""


class Tune(Strict):
    """A study for each stage that trains."""

    pretrain: Search
    """The study of pretraining."""
    finetune: Search
    """The study of fine-tuning."""
