"""The section `tune` of params.yaml: which knobs a study may turn, and how far."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from src.config.sections import Strict


class Knob(Strict):
    """Either all numbers from `low` to `high` (`log`: evenly by their logarithm), or a few `choices`."""

    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: Annotated[list[float], Field(min_length=2)] | None = None

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
    folds: Annotated[int, Field(ge=1, le=10)]
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    pruner: Literal["median", "hyperband", "none"]
    startup_trials: Annotated[int, Field(ge=0)]
    warmup_epochs: Annotated[int, Field(ge=0)]
    space: Space


class Tune(Strict):
    """A study for each stage that trains."""

    pretrain: Search
    finetune: Search
