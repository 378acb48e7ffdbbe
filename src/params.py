"""params.yaml as frozen, typed models: an unknown key or a wrong type is an error that names it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from src.errors import InputError
from src.nested import replaced
from src.search_params import Space, Tune
from src.yaml_file import read_yaml

PARAMS_FILE = Path("params.yaml")

Seed = Annotated[int, Field(ge=0, lt=2**31)]
Positive = Annotated[float, Field(gt=0)]
NonNegative = Annotated[float, Field(ge=0)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
Share = Annotated[float, Field(ge=0, lt=1)]
Count = Annotated[int, Field(ge=1)]


class Strict(BaseModel):
    """Frozen, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Data(Strict):
    """Where the raw files come from."""

    source: Literal["upstream", "sample"]


class Sample(Strict):
    """How large the embedded sample is that our own stroke writer draws."""

    seed: Seed
    train_digits: Count
    test_digits: Count
    letters_per_class: Count


class Clean(Strict):
    """How far a row of glyphs.csv may be off its picture, in pixels."""

    box_tolerance: Annotated[int, Field(ge=0)]


class Merge(Strict):
    """How many digits join the letters."""

    digits_per_class: Annotated[int, Field(ge=3)]
    seed: Seed


class Split(Strict):
    """Which rows are trained on, chosen on (val) and reported on (test)."""

    mode: Literal["stratified", "published"]
    test_size: Fraction
    val_size: Fraction
    seed: Seed


class Compute(Strict):
    """Where and how precisely the network is trained."""

    device: Literal["auto", "cpu", "cuda", "mps"]
    precision: Literal["auto", "float32", "bfloat16"]


class Augment(Strict):
    """The random distortions of training images: the largest of each, both ways."""

    rotation_degrees: Annotated[float, Field(ge=0, le=45)]
    shear_degrees: Annotated[float, Field(ge=0, le=45)]
    scale: Share
    shift_pixels: Annotated[float, Field(ge=0, le=6)]
    elastic_pixels: Annotated[float, Field(ge=0, le=4)]
    stroke_width: Annotated[float, Field(ge=0, le=1)]


class Network(Strict):
    """The shape of the network."""

    channels: Annotated[list[Count], Field(min_length=1, max_length=4)]
    features: Count
    dropout: Share


class Pretrain(Strict):
    """How the encoder learns on MNIST."""

    seed: Seed
    val_size: Fraction
    epochs: Count
    batch_size: Count
    learning_rate: Positive
    weight_decay: NonNegative
    label_smoothing: Share
    ema_decay: Share
    augment: Augment


class Finetune(Strict):
    """How encoder and heads learn on letters and digits."""

    seed: Seed
    frozen_epochs: Annotated[int, Field(ge=0)]
    epochs: Count
    batch_size: Count
    learning_rate: Positive
    weight_decay: NonNegative
    label_smoothing: Share
    ema_decay: Share
    case_weight: NonNegative
    unknown_height: Annotated[float, Field(ge=0, le=1)]
    augment: Augment


class Evaluate(Strict):
    """How the test rows are reported."""

    calibration_bins: Count


class Promote(Strict):
    """When a model takes the champion's place."""

    alpha: Fraction


class Params(Strict):
    """All of params.yaml."""

    data: Data
    sample: Sample
    clean: Clean
    merge: Merge
    split: Split
    compute: Compute
    network: Network
    pretrain: Pretrain
    finetune: Finetune
    evaluate: Evaluate
    promote: Promote
    tune: Tune

    @model_validator(mode="after")
    def _spaces_are_possible(self) -> Self:
        for stage in ("pretrain", "finetune"):
            _check_space(self, stage, getattr(self.tune, stage).space)
        return self

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
            or range; the message names each key.
    """
    document = read_yaml(path, cure="run the command at the root of the repository")
    try:
        return Params.model_validate(document)
    except ValidationError as error:
        raise InputError("; ".join(_explain(path, detail) for detail in error.errors())) from None


def _check_space(params: Params, stage: str, space: Space) -> None:
    """Raise ValueError where a study would give a stage what it does not read, or what it refuses."""
    sections = {"network": params.network, stage: getattr(params, stage)}
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
    if detail["type"] == "missing":
        return f"{path}: {key}: missing; add it"
    return f"{path}: {key}: {detail['msg']}, got {detail['input']!r}"
