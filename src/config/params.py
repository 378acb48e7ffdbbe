"""params.yaml as frozen, typed models: an unknown key or a wrong type is an error that names it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self, TypeVar, get_args

from pydantic import ValidationError, model_validator
from pydantic_core import ErrorDetails

from src.common.errors import InputError
from src.common.yaml_file import read_yaml
from src.config.nested import replaced
from src.config.row_needs import check_rows
from src.config.search_params import Search, Space, Tune
from src.config.sections import (
    Calibrate,
    Clean,
    Compute,
    Crossval,
    Data,
    Evaluate,
    Fill,
    Finetune,
    Merge,
    Negatives,
    Network,
    Pretrain,
    Promote,
    Sample,
    Split,
    StageParams,
    Strict,
)

PARAMS_FILE = Path("params.yaml")

AnyParams = TypeVar("AnyParams", bound=Strict)

StageName = Literal["pretrain", "finetune"]
"""A stage that trains; a section of params and one of `tune` have its name."""


class Params(Strict):
    """All of params.yaml."""

    data: Data
    sample: Sample
    clean: Clean
    fill: Fill
    negatives: Negatives
    merge: Merge
    split: Split
    compute: Compute
    network: Network
    pretrain: Pretrain
    finetune: Finetune
    calibrate: Calibrate
    evaluate: Evaluate
    crossval: Crossval
    promote: Promote
    tune: Tune

    @model_validator(mode="after")
    def _spaces_are_possible(self) -> Self:
        for stage in get_args(StageName):
            _check_space(self, stage, self.search_of(stage).space)
        return self

    def training_of(self, stage: StageName) -> Pretrain | Finetune:
        """Return the section of a stage that trains."""
        return self.pretrain if stage == "pretrain" else self.finetune

    def of_stage(self, stage: StageName) -> StageParams:
        """Return what a stage that trains reads."""
        return StageParams(self.training_of(stage), self.model_dump(include={"compute", "network", stage}))

    def search_of(self, stage: StageName) -> Search:
        """Return the section of its studies."""
        return self.tune.pretrain if stage == "pretrain" else self.tune.finetune

    def with_values(self, values: Mapping[str, float]) -> "Params":
        """Return these params with the numbers at some places (`finetune.learning_rate`) replaced.

        Raises:
            KeyError: There is no number at one of the places.
            ValidationError: A value is out of range.
        """
        return Params.model_validate(replaced(self.model_dump(), values))


def load_params(path: Path = PARAMS_FILE) -> Params:
    """Read and validate params.yaml.

    Raises:
        InputError: The file is missing, is not YAML, has an unknown or missing key, or a value of the wrong type
            or range; the message names each key. Or some stage would lack rows with these params.
    """
    params = read_params(path, Params)
    check_rows(params)
    return params


def read_params(path: Path, kind: type[AnyParams]) -> AnyParams:
    """Read and validate a file of params of some kind; errors are those of `load_params`."""
    document = read_yaml(path, cure="run the command at the root of the repository")
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        raise InputError("; ".join(_explain(path, detail) for detail in error.errors())) from None


def _check_space(params: Params, stage: StageName, space: Space) -> None:
    """Raise ValueError where a study would give a stage what it does not read, or what it refuses."""
    sections = {"network": params.network, stage: params.training_of(stage)}
    for name, knob in space.items():
        section, _, leaf = name.partition(".")
        if section not in sections or (stage, name) == ("finetune", "network.features"):
            raise ValueError(f"tune.{stage}.space: {name}: a study of {stage} cannot change it; take it out")
        for value in knob.ends:
            try:
                type(sections[section]).model_validate(replaced(sections[section].model_dump(), {leaf: value}))
            except KeyError:
                raise ValueError(f"tune.{stage}.space: {name}: no such number in params.yaml") from None
            except ValidationError as error:
                raise ValueError(f"tune.{stage}.space: {name}: {value}: {error.errors()[0]['msg']}") from None


def _explain(path: Path, detail: ErrorDetails) -> str:
    key = ".".join(str(part) for part in detail["loc"]) or "the whole file"
    if detail["type"] == "extra_forbidden":
        return f"{path}: {key}: unknown key; correct its spelling or remove it"
    if detail["type"] == "value_error":  # a check of ours: the value may be a whole section
        return f"{path}: {f'{key}: ' if detail['loc'] else ''}{detail['ctx']['error']}"
    if detail["type"] == "missing":
        return f"{path}: {key}: missing; add it"
    return f"{path}: {key}: {detail['msg']}, got {detail['input']!r}"
